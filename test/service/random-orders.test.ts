import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createApplication,
  DependsOn,
  isKeelsonError,
  Service,
  ServiceBase,
  type ServiceHandle,
  type ServiceState
} from 'keelson'

type Lever = 'start' | 'stop' | 'restart' | 'maybeStart'
/** A lever that is pulled, or how many turns pass before the next is. */
type Action = Lever | number
/** How many turns each hook takes; 0: it is no promise, undefined: there is none. */
type Hooks = Readonly<Record<(typeof HOOKS)[number], number | undefined>>

const HOOKS = ['onStart', 'onReady', 'onDrain', 'onStop', 'onShutdown'] as const

const length = fc.constantFrom(undefined, undefined, 0, 1, 4, 12)
const hooks: fc.Arbitrary<Hooks> = fc.record({
  onStart: length,
  onReady: length,
  onDrain: length,
  onStop: length,
  onShutdown: length
})
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Action>('start', 'stop', 'restart', 'maybeStart') },
    { weight: 2, arbitrary: fc.constantFrom<Action>(1, 2, 3, 5, 8, 20) }
  ),
  { minLength: 2, maxLength: 9 }
)

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve()
}

function serviceWith(spec: Hooks, lines: string[]): new () => ServiceBase {
  class Subject extends ServiceBase {}
  for (const hook of HOOKS) {
    const count = spec[hook]
    if (count === undefined) continue
    const value = (): unknown => {
      lines.push(hook)
      return count === 0 ? undefined : turns(count)
    }
    Object.defineProperty(Subject.prototype, hook, { value })
  }
  return Subject
}

/** What was asked for, where it stood then, and what came of it. */
interface Answer {
  readonly lever: Lever
  readonly state: ServiceState
  readonly outcome: string
}

/** What is started and stopped, and how all of it is ended. */
interface World {
  readonly handle: ServiceHandle | ServiceBase
  end(): Promise<void>
}

class Owner extends ServiceBase {}

const WORLDS: Readonly<Record<string, (specs: readonly Hooks[], lines: string[]) => Promise<World>>> = {
  'a service that lives alone': async ([spec], lines) => {
    const handle = new (serviceWith(spec!, lines))()
    return { handle, end: () => handle.stop() }
  },
  'a child of a service that lives alone': async ([spec], lines) => {
    const owner = new Owner()
    await owner.start()
    return { handle: await owner.addChild(new (serviceWith(spec!, lines))()), end: () => owner.stop() }
  },
  'a service of an application': async ([spec], lines) => {
    const app = await createApplication(new (serviceWith(spec!, lines))(), { logger: false })
    return { handle: app.services[0]!, end: () => app.stop() }
  },
  'a child in an application that runs': async ([spec], lines) => {
    const owner = new Owner()
    const app = await createApplication(owner, { logger: false })
    await app.start()
    return { handle: await owner.addChild(new (serviceWith(spec!, lines))()), end: () => app.stop() }
  },
  'a service that another needs, and that needs one, in an application that runs': async (specs, lines) => {
    const [first, middle, last] = specs.map((spec, at) => serviceWith(spec, at === 1 ? lines : []))
    for (const cls of [first!, middle!, last!]) Service()(cls)
    DependsOn(first!)(middle!)
    DependsOn(middle!)(last!)
    const app = await createApplication([first!, middle!, last!], { logger: false })
    await app.start()
    return { handle: app.service(middle!), end: () => app.stop() }
  }
}

describe.each(Object.entries(WORLDS))('%s', (name, make) => {
  it('is as it was asked for last to be, and whoever asked last is told so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(hooks, hooks, hooks), actions, async (specs, todo) => {
        const lines: string[] = []
        const { handle, end } = await make(specs, lines)
        const asked: Promise<Answer>[] = []
        for (const one of todo) {
          if (typeof one === 'number') await turns(one)
          else {
            const { state } = handle
            lines.push(`${one}() while ${state}`)
            const answer = (outcome: string): Answer => ({ lever: one, state, outcome })
            asked.push(
              handle[one]().then(
                () => answer('done'),
                (error) => answer(codeOf(error))
              )
            )
          }
        }
        const answers = await Promise.all(asked)
        const isRefused = ({ lever, state, outcome }: Answer): boolean =>
          outcome === 'KEEL_ILLEGAL_TRANSITION' &&
          state === 'stopping' &&
          (lever === 'start' || lever === 'maybeStart') &&
          !isOrdered(name)
        const taken = answers.filter((answer) => !isRefused(answer))
        const last = taken.at(-1)
        if (last !== undefined) {
          const rests = handle.state === 'stopped' || handle.state === 'init'
          expect([last.lever, rests], lines.join(', ')).toEqual([last.lever, last.lever === 'stop'])
        }
        // what is called off is told so, and what runs is not started
        expect(['done', 'KEEL_START_ABORTED', 'KEEL_ALREADY_STARTED']).toEqual(
          expect.arrayContaining(taken.map(({ outcome }) => outcome))
        )
        expect(last?.outcome, lines.join(', ')).not.toBe('KEEL_START_ABORTED')
        await end()
        expect(['stopped', 'init']).toContain(handle.state)
      }),
      { numRuns: 400 }
    )
  })
})

/** Where an application orders it, a start waits for any stop; elsewhere what is `stopping` refuses it. */
function isOrdered(name: string): boolean {
  return name.startsWith('a service of') || name.startsWith('a service that another')
}

function codeOf(error: unknown): string {
  return isKeelsonError(error) ? error.code : String(error)
}
