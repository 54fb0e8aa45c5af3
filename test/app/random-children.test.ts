import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { DependsOn, Service, type Class, type ServiceContext, type ServiceHandle } from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { takes } from './journal.js'

/** A service, and the children that it adds in `onStart`: what each needs, and how long the hooks take. */
interface Part {
  readonly needs: readonly number[]
  readonly startMs: number
  readonly stopMs: number
  readonly children: readonly Omit<Part, 'children'>[]
}

type Action =
  | {
      readonly lever: 'start' | 'stop' | 'restart' | 'addChild'
      readonly service: number
      readonly isAwaited: boolean
    }
  | { readonly lever: 'advance'; readonly ms: number }

const SIZE = 4
/** Longer than all limits, so that whoever waits in vain is found. */
const LIMIT_MS = 600_000

const ms = fc.constantFrom(0, 0, 100, 500)
const anyService = fc.integer({ min: 0, max: SIZE - 1 })
const child = fc.record({ needs: fc.uniqueArray(anyService, { maxLength: 2 }), startMs: ms, stopMs: ms })
const parts: fc.Arbitrary<Part[]> = fc.tuple(
  ...Array.from({ length: SIZE }, (_, index) =>
    fc.record({
      needs:
        index === 0
          ? fc.constant([])
          : fc.uniqueArray(fc.integer({ min: 0, max: index - 1 }), { maxLength: 2 }),
      startMs: ms,
      stopMs: ms,
      children: fc.array(child, { maxLength: 2 })
    })
  )
)
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    lever: fc.constantFrom('start', 'stop', 'restart', 'addChild'),
    service: anyService,
    isAwaited: fc.boolean()
  }),
  fc.record({ lever: fc.constant('advance'), ms: fc.constantFrom(0, 50, 1000) })
)

/** Plays with services and their children, and complains about what must not be. */
class World {
  readonly complaints: string[] = []
  readonly #classes: Class<object>[] = []
  readonly #children = new Map<Class<object>, readonly number[]>()
  readonly #contexts: ServiceContext[] = []
  #app!: TestApplication

  constructor(readonly parts: readonly Part[]) {
    parts.forEach((part, index) => this.#classes.push(this.#service(index, part)))
  }

  async play(actions: readonly Action[]): Promise<readonly string[]> {
    const app = (this.#app = await createTestApplication(this.#classes).create())
    await this.#settled(app.start(), 'start')
    const pending: Promise<unknown>[] = []
    for (const one of actions) {
      if (one.lever === 'advance') await app.clock.advance(one.ms)
      else {
        const asked = this.#ask(one.lever, one.service)
        asked.catch(() => {})
        if (one.isAwaited) await this.#settled(asked, `${one.lever} S${one.service}`)
        else pending.push(asked)
      }
    }
    for (const asked of pending) await this.#settled(asked, 'something asked for')
    await this.#settled(app.stop(), 'stop')
    const up = app.services.flatMap((one) => [one, ...one.children]).filter(({ state }) => !ENDED.has(state))
    return [...this.complaints, ...up.map(({ name, state }) => `in the end ${name} is '${state}'`)]
  }

  #ask(lever: 'start' | 'stop' | 'restart' | 'addChild', index: number): Promise<unknown> {
    if (lever !== 'addChild') return this.#handle(index)[lever]()
    const [given] = this.#childrenOf(index)
    return given === undefined
      ? Promise.resolve()
      : (this.#contexts[index]?.addChild(given) ?? Promise.resolve())
  }

  /** Moves time on until it has settled. */
  async #settled(asked: Promise<unknown>, what: string): Promise<void> {
    const outcome = { isThere: false }
    const settled = (): void => void (outcome.isThere = true)
    asked.then(settled, settled)
    for (let passed = 0; passed < LIMIT_MS && !outcome.isThere; passed += 1000)
      await this.#app.clock.advance(1000)
    if (!outcome.isThere) this.complaints.push(`${what} waits for ever`)
  }

  #handle(index: number): ServiceHandle {
    return this.#app.service(this.#classes[index]!)
  }

  #childrenOf(index: number): Class<object>[] {
    return [...this.#children.keys()].filter((cls) => cls.name.startsWith(`S${index}C`))
  }

  #service(index: number, part: Part): Class<object> {
    const world = this
    const children = part.children.map((one, n) => this.#child(`S${index}C${n}`, one, index))
    const cls = {
      [`S${index}`]: class {
        async onStart(context: ServiceContext): Promise<void> {
          world.#contexts[index] = context
          for (const one of children) await context.addChild(one)
          await takes(part.startMs)(context)
        }
        async onStop(context: ServiceContext): Promise<void> {
          world.checkStop(index, context)
          await takes(part.stopMs)(context)
        }
      }
    }[`S${index}`] as Class<object>
    Service()(cls)
    DependsOn(...part.needs.map((need) => this.#classes[need]!))(cls)
    return cls
  }

  #child(name: string, { needs, startMs, stopMs }: Omit<Part, 'children'>, owner: number): Class<object> {
    const world = this
    const others = needs.filter((need) => need !== owner)
    const cls = {
      [name]: class {
        async onStart(context: ServiceContext): Promise<void> {
          world.checkStart(name, others)
          await takes(startMs)(context)
        }
        async onStop(context: ServiceContext): Promise<void> {
          await takes(stopMs)(context)
        }
      }
    }[name] as Class<object>
    Service()(cls)
    // of those that are defined yet it could be known at once
    DependsOn(...others.map((need) => () => this.#classes[need]!))(cls)
    this.#children.set(cls, others)
    return cls
  }

  /** A child starts when all it needs runs, but in a circle, which was told, and again beside what has ended. */
  checkStart(name: string, needs: readonly number[]): void {
    for (const need of needs) {
      const { state } = this.#handle(need)
      if (state !== 'running' && !ENDED.has(state) && !this.#isCircle(name, need))
        this.complaints.push(`${name} starts while S${need} is '${state}'`)
    }
  }

  /** A service stops when the children that need it have stopped, unless it restarts or has crashed alone. */
  checkStop(index: number, { signal }: ServiceContext): void {
    const { kind } = (signal.reason as { cause: { kind: string } }).cause
    if (kind !== 'stop') return
    for (const { children } of this.#app.services)
      for (const { name, state } of children) {
        const cls = [...this.#children.keys()].find((one) => name.includes(one.name))
        const isInNeed = cls !== undefined && this.#children.get(cls)!.includes(index)
        if (state === 'running' && isInNeed && !this.#isCircle(cls.name, index))
          this.complaints.push(`S${index} stops while ${name} runs`)
      }
  }

  #isCircle(child: string, need: number): boolean {
    return this.#app.logs.some(
      ({ msg }) => msg.startsWith(`the child ${child} needs`) && msg.includes(`S${need}`)
    )
  }
}

const ENDED: ReadonlySet<string> = new Set(['init', 'stopped', 'crashed'])

const numRuns = Number(process.env['KEELSON_RUNS'] ?? 300)

it(
  'children are ordered after what they need, whatever is asked for, and nobody waits for ever',
  { timeout: 3_600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.array(action, { maxLength: 6 }), async (all, actions) => {
        expect(await new World(all).play(actions)).toEqual([])
      }),
      { numRuns }
    )
  }
)
