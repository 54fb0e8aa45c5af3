import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { DependsOn, isKeelsonError, Service, wanted, type Class, type ServiceContext } from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { takes } from './journal.js'

/** One service: whom it needs or wants, how long its hooks take, and in which runs its start fails. */
interface Part {
  readonly needs: readonly number[]
  readonly wants: readonly number[]
  readonly startMs: number
  readonly stopMs: number
  readonly heedsSignal: boolean
  readonly failsIn: readonly number[]
}

type Action =
  | { readonly lever: 'start' | 'stop' | 'restart' | 'maybeStart' | 'crash'; readonly service: number }
  | { readonly lever: 'app.start' | 'app.stop' }
  | { readonly lever: 'advance'; readonly ms: number }

const SIZE = 6

const before = (index: number): fc.Arbitrary<number[]> =>
  index === 0 ? fc.constant([]) : fc.uniqueArray(fc.integer({ min: 0, max: index - 1 }), { maxLength: 2 })
const parts: fc.Arbitrary<Part[]> = fc.tuple(
  ...Array.from({ length: SIZE }, (_, index) =>
    fc.record({
      needs: before(index),
      wants: before(index),
      startMs: fc.constantFrom(0, 0, 1, 10, 100),
      stopMs: fc.constantFrom(0, 0, 1, 10, 100),
      heedsSignal: fc.boolean(),
      failsIn: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 1 })
    })
  )
)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      lever: fc.constantFrom('start', 'stop', 'restart', 'maybeStart', 'crash'),
      service: fc.integer({ min: 0, max: SIZE - 1 })
    })
  },
  { weight: 2, arbitrary: fc.record({ lever: fc.constantFrom('app.start', 'app.stop') }) },
  {
    weight: 5,
    arbitrary: fc.record({ lever: fc.constant('advance'), ms: fc.constantFrom(0, 1, 10, 50, 200) })
  }
)

/** Watches what the services do, and complains about what must not be. */
class Watch {
  readonly complaints: string[] = []
  readonly classes: Class[] = []
  app!: TestApplication

  constructor(
    all: readonly Part[],
    readonly restart: 'temporary' | 'transient'
  ) {
    for (const [index, part] of all.entries()) this.classes.push(this.#service(index, part, all))
  }

  state(index: number): string {
    return this.app.service(this.classes[index]!).state
  }

  #service(index: number, part: Part, all: readonly Part[]): Class {
    const watch = this
    let run = 0
    let phase: 'rest' | 'onStart' | 'started' | 'failed' | 'onStop' | 'stopped' | 'onShutdown' = 'rest'
    const enter = (next: typeof phase, ...allowed: (typeof phase)[]): void => {
      if (!allowed.includes(phase)) watch.complaints.push(`S${index}: ${next} after ${phase}`)
      phase = next
    }
    class Watched {
      async onStart(context: ServiceContext): Promise<void> {
        enter('onStart', 'rest')
        const mine = ++run
        for (const other of part.needs) {
          const state = watch.state(other)
          if (state !== 'running') watch.complaints.push(`S${index} starts while S${other} is ${state}`)
        }
        if (part.heedsSignal) await context.sleep(part.startMs)
        else await takes(part.startMs)(context)
        if (part.failsIn.includes(mine)) {
          enter('failed', 'onStart')
          throw new Error(`S${index} fails in run ${mine}`)
        }
        enter('started', 'onStart')
      }
      async onStop(context: ServiceContext): Promise<void> {
        enter('onStop', 'started')
        if (context.stopReason?.kind === 'stop') {
          for (const [other, { needs }] of all.entries()) {
            const state = watch.state(other)
            if (needs.includes(index) && (state === 'running' || state === 'starting')) {
              watch.complaints.push(`S${index} stops while S${other} is ${state}`)
            }
          }
        }
        await takes(part.stopMs)(context)
        enter('stopped', 'onStop')
      }
      async onShutdown(context: ServiceContext): Promise<void> {
        enter('onShutdown', 'stopped', 'failed')
        await takes(part.stopMs)(context)
        enter('rest', 'onShutdown')
      }
    }
    Object.defineProperty(Watched, 'name', { value: `S${index}` })
    const needs = part.needs.map((other) => watch.classes[other]!)
    const wants = part.wants
      .filter((other) => !part.needs.includes(other))
      .map((other) => watch.classes[other]!)
    ;(Service({ restart: this.restart }) as ClassDecorator)(Watched)
    ;(DependsOn(...needs, ...wants.map((other) => wanted(other))) as ClassDecorator)(Watched)
    return Watched
  }
}

async function play(
  all: readonly Part[],
  actions: readonly Action[],
  restart: Watch['restart']
): Promise<void> {
  const watch = new Watch(all, restart)
  const app = (watch.app = await createTestApplication(watch.classes).create())
  const pending: Promise<unknown>[] = []
  const keep = (lever: string, promise: Promise<unknown>): void => {
    const settled = promise.catch((error: unknown) => {
      if (!isKeelsonError(error)) watch.complaints.push(`${lever} rejects with ${String(error)}`)
    })
    pending.push(settled)
  }
  for (const one of actions) {
    switch (one.lever) {
      case 'advance':
        await app.clock.advance(one.ms)
        break
      case 'app.start':
        keep(one.lever, app.start())
        break
      case 'app.stop':
        keep(one.lever, app.stop())
        break
      case 'crash':
        try {
          app.crash(watch.classes[one.service]!, new Error('crash'))
        } catch (error) {
          if (!isKeelsonError(error, 'KEEL_ILLEGAL_TRANSITION')) throw error
        }
        break
      case 'start':
      case 'stop':
      case 'restart':
      case 'maybeStart':
        keep(one.lever, app.service(watch.classes[one.service]!)[one.lever]())
    }
    expect(watch.complaints).toEqual([])
  }
  await app.clock.advance('1m')
  await Promise.all(pending)
  await app.stop().catch(() => {})
  expect(watch.complaints).toEqual([])
  for (const { state } of app.services) expect(['init', 'stopped', 'crashed']).toContain(state)
  expect(app.clock.pending.count).toBe(0)
  if (app.state === 'crashed') {
    await expect(app.waitUntilStopped()).rejects.toThrow('crash')
    return
  }
  expect(['created', 'stopped']).toContain(app.state)
  // Whatever has happened, it starts again.
  for (const part of all) (part.failsIn as number[]).length = 0
  await app.start()
  expect(app.services.map(({ state }) => state)).toEqual(all.map(() => 'running'))
  await app[Symbol.asyncDispose]()
  expect(watch.complaints).toEqual([])
}

// The crash of what is temporary is not the end of all.
it.each(['temporary', 'transient'] as const)(
  'levers pulled at random never start a service before what it needs, stop it before what needs it, or hang: %s',
  { timeout: 120_000 },
  async (restart) => {
    const actions = fc.array(action, { minLength: 1, maxLength: 14 })
    const property = fc.asyncProperty(parts, actions, (all, pulled) => {
      const fresh = all.map((part) => ({ ...part, failsIn: [...part.failsIn] }))
      return play(fresh, pulled, restart)
    })
    await fc.assert(property, { numRuns: 100, timeout: 60_000 })
  }
)
