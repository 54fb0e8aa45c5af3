import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isKeelsonError, ServiceBase, type ServiceContext, type ServiceHandle } from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { takes } from './journal.js'

type Lever = 'stop' | 'restart' | 'crash' | 'remove'

/** One thing that a hook, or work, does. */
type Deed =
  | { readonly does: 'sleep' | 'linger' | 'defer'; readonly ms: number }
  | { readonly does: 'throw' }
  | { readonly does: 'begin'; readonly deeds: readonly Deed[] }
  | { readonly does: 'add'; readonly child: Script; readonly isAwaited: boolean }
  | {
      readonly does: 'pull'
      readonly lever: Lever
      readonly whose: 'own' | 'owner' | 'child'
      readonly isAwaited: boolean
    }

/** What a service does in its hooks. */
interface Script {
  readonly onStart: readonly Deed[]
  readonly onStarted: readonly Deed[]
  readonly onStop: readonly Deed[]
}

const ms = fc.constantFrom(0, 1, 10, 30)
const simple: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('sleep', 'linger', 'defer'), ms }) },
  { weight: 1, arbitrary: fc.constant({ does: 'throw' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('pull'),
      lever: fc.constantFrom('stop', 'restart', 'restart', 'crash', 'remove'),
      whose: fc.constantFrom('own', 'owner', 'child'),
      isAwaited: fc.boolean()
    })
  }
)
const few = fc.array(simple, { maxLength: 2 })
const begin = fc.record({ does: fc.constant('begin'), deeds: few })

/** Of a service with as many generations below it. */
function script(generations: number): fc.Arbitrary<Script> {
  const choices: fc.WeightedArbitrary<Deed>[] = [
    { weight: 3, arbitrary: simple },
    { weight: 2, arbitrary: begin }
  ]
  if (generations > 0) {
    const add = fc.record({
      does: fc.constant('add'),
      child: script(generations - 1),
      isAwaited: fc.boolean()
    })
    choices.push({ weight: 3, arbitrary: add })
  }
  const deeds = fc.array(fc.oneof(...choices), { maxLength: 3 })
  return fc.record({ onStart: deeds, onStarted: few, onStop: few })
}

/** Who lives in one application, and what is wrong with that. */
class World {
  readonly complaints: string[] = []
  readonly asked: { readonly what: string; readonly settled: Promise<unknown> }[] = []
  readonly everybody: Actor[] = []
  /** A restart repeats what asks for it. */
  deedsLeft = 300

  /** Asks for something that may be refused, but is not to be waited for in vain. */
  ask(what: string, code: () => unknown): Promise<unknown> {
    const asking = (async () => code())()
    const settled = asking.catch((error: unknown) => {
      const { name, message } = error as Error
      const isExpected = isKeelsonError(error) || name === 'AbortError' || message === 'thrown'
      if (!isExpected) this.complaints.push(`${what} rejects with ${String(error)}`)
    })
    this.asked.push({ what, settled })
    return settled
  }
}

/** A service that does what its script says, and watches over its own life. */
class Actor extends ServiceBase {
  readonly #world: World
  readonly #script: Script
  readonly #owner: Actor | undefined
  readonly #children: Actor[] = []
  phase: 'rest' | 'starts' | 'started' | 'stops' = 'rest'
  #working = 0
  #deferred: symbol[] = []

  constructor(world: World, given: Script, owner?: Actor) {
    super()
    this.#world = world
    this.#script = given
    this.#owner = owner
    world.everybody.push(this)
  }

  async onStart(context: ServiceContext): Promise<void> {
    this.#must(this.phase === 'rest', 'starts twice')
    this.#must(context.state === 'starting' && !context.signal.aborted, 'starts when it is to stop')
    const owner = this.#owner?.phase
    // before its turn in the start of its owner only by hand
    this.#must(owner !== 'stops' && owner !== 'rest', `starts when its owner ${owner}`)
    this.phase = 'starts'
    await this.#do(context, this.#script.onStart)
    this.phase = 'started'
  }

  async onStarted(context: ServiceContext): Promise<void> {
    await this.#do(context, this.#script.onStarted)
  }

  async onStop(context: ServiceContext): Promise<void> {
    this.#must(this.phase === 'started', `is told to stop when it ${this.phase}`)
    this.#must(context.signal.aborted, 'is told to stop by onStop first')
    this.phase = 'stops'
    await this.#do(context, this.#script.onStop)
  }

  onShutdown(): void {
    // no onStop without an onStart that resolved
    this.#must(this.phase === 'starts' || this.phase === 'stops', `shuts down when it ${this.phase}`)
    this.#must(this.#working === 0, 'shuts down while it works')
    this.#must(this.#deferred.length === 0, 'shuts down before all is released')
    this.#must(
      this.#children.every((child) => child.phase === 'rest'),
      'shuts down before its children'
    )
    this.phase = 'rest'
  }

  #must(holds: boolean, otherwise: string): void {
    if (!holds) this.#world.complaints.push(`${this.name} ${otherwise}`)
  }

  async #do(context: ServiceContext, deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) if (this.#world.deedsLeft-- > 0) await this.#doOne(context, deed)
  }

  async #doOne(context: ServiceContext, deed: Deed): Promise<void> {
    const ask = async (what: string, isAwaited: boolean, code: () => unknown): Promise<void> => {
      const settled = this.#world.ask(`${what} in ${this.name}`, code)
      if (isAwaited) await settled
    }
    switch (deed.does) {
      case 'sleep':
        await context.sleep(deed.ms)
        break
      case 'linger':
        await takes(deed.ms)(context)
        break
      case 'throw':
        if (this.phase !== 'stops') throw new Error('thrown')
        break
      case 'defer':
        if (!context.signal.aborted) this.#defer(context, deed.ms)
        break
      case 'begin':
        await ask('work', false, () => context.addTask((call) => this.#work(call, deed.deeds)))
        break
      case 'add': {
        const child = new Actor(this.#world, deed.child, this)
        this.#children.push(child)
        await ask('addChild()', deed.isAwaited, () => context.addChild(child))
        break
      }
      case 'pull':
        await ask(`${deed.lever}, ${deed.whose}`, deed.isAwaited, () =>
          this.#pull(context, deed.lever, deed.whose)
        )
    }
  }

  #defer(context: ServiceContext, delay: number): void {
    const id = Symbol('deferred')
    const deferred = this.#deferred
    deferred.push(id)
    context.defer(async () => {
      this.#must(this.#working === 0, 'releases while it works')
      this.#must(deferred.pop() === id, 'releases out of order')
      await takes(delay)(context)
    })
  }

  async #work(call: ServiceContext, deeds: readonly Deed[]): Promise<void> {
    this.#must(this.phase !== 'rest' && !call.signal.aborted, 'works when it is to stop')
    this.#working++
    try {
      await this.#do(call, deeds)
    } finally {
      this.#working--
    }
  }

  #pull(context: ServiceContext, lever: Lever, whose: 'own' | 'owner' | 'child'): unknown {
    const child = context.children.at(-1)
    if (lever === 'remove') return child === undefined ? undefined : context.removeChild(child)
    const target = whose === 'own' ? context : whose === 'owner' ? context.parent : child
    return lever === 'crash' ? target?.crash(new Error('thrown')) : target?.[lever]()
  }
}

async function play(given: Script, pulled: readonly ('stop' | 'start' | 'restart')[]): Promise<void> {
  const world = new World()
  const top = new Actor(world, given)
  const app: TestApplication = await createTestApplication(top).create()
  const service: ServiceHandle = app.services[0]!
  const settled = async (what: string, asked: Promise<unknown>): Promise<void> => {
    const outcome = { isThere: false }
    void asked.then(() => (outcome.isThere = true))
    for (let passed = 0; passed < 120 && !outcome.isThere; passed++) await app.clock.advance('1s')
    if (!outcome.isThere) world.complaints.push(`${what} waits for ever`)
  }
  await settled(
    'start',
    world.ask('start', () => app.start())
  )
  for (const lever of pulled) {
    void world.ask(lever, () => service[lever]())
    await app.clock.advance(10)
  }
  await settled(
    'stop',
    world.ask('stop', () => app.stop())
  )
  for (const { what, settled: asked } of world.asked) await settled(what, asked)
  expect(world.complaints).toEqual([])
  expect(world.everybody.filter(({ phase }) => phase !== 'rest')).toEqual([])
  for (const { state } of world.everybody) expect(['init', 'stopped', 'crashed']).toContain(state)
  await app[Symbol.asyncDispose]().catch(() => {})
}

it('whatever hooks and work ask of their service, its owner and its children, each lives within its owner', async () => {
  const pulled = fc.array(fc.constantFrom('stop', 'start', 'restart'), { maxLength: 4 })
  const numRuns = Number(process.env['KEELSON_RUNS'] ?? 500)
  await fc.assert(fc.asyncProperty(script(2), pulled, play), { numRuns })
}, 3_600_000)
