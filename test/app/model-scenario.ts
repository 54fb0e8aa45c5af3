import fc from 'fast-check'
import type { RestartStrategy } from 'keelson'

/** What a call of a hook, or a task, comes to: at once, after a microtask, after so many ms; well or badly; never. */
export type Outcome =
  | { readonly kind: 'sync' | 'micro' | 'throws' | 'never' }
  | { readonly kind: 'takes' | 'rejects'; readonly ms: number }

/** Hooks whose outcome varies. */
export const HOOKS = [
  'onFirstStart',
  'onStart',
  'onStarted',
  'onReady',
  'onRestart',
  'onDrain',
  'onStop',
  'onShutdown'
] as const
/** The name of a hook. */
export type Hook = (typeof HOOKS)[number]

/** A service. What it needs stands before it in the list. */
export interface ServiceSpec {
  readonly needs: readonly { readonly back: number; readonly wanted: boolean }[]
  readonly restart: 'permanent' | 'transient' | 'temporary'
  /** The module it stands in: 0 is the root. */
  readonly module: number
  /** By number of the call, again from the first when they are used up; a hook without is not there. */
  readonly hooks: { readonly [Name in Hook]?: readonly Outcome[] }
  readonly task: readonly Outcome[] | undefined
  /** A child from the beginning; a pool is a `Supervisor` of two. */
  readonly child: 'plain' | SupervisorSpec | undefined
}

/** A supervisor of a module, or of the application. */
export interface SupervisorSpec {
  readonly strategy: RestartStrategy
  readonly maxRestarts: number
  readonly within: number
  readonly backoff: number | undefined
}

/** Something done from outside, and how much time passes then. */
export interface Command {
  readonly type:
    | 'start-app'
    | 'stop-app'
    | 'start'
    | 'stop'
    | 'restart'
    | 'crash'
    | 'end-itself'
    | 'add-child'
    | 'remove-child'
    | 'crash-child'
    | 'add-to-pool'
    | 'remove-from-pool'
    | 'replace-in-pool'
    | 'nothing'
  /** Which service, modulo their number. */
  readonly target: number
  /** In milliseconds; `undefined`: the next command comes in the same turn. */
  readonly wait: number | undefined
}

/** A graph of services, and what is done to it. */
export interface Scenario {
  readonly services: readonly ServiceSpec[]
  /** Of the application, then of the two modules. */
  readonly supervisors: readonly (SupervisorSpec | undefined)[]
  readonly concurrency: number | undefined
  readonly commands: readonly Command[]
}

const good: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Outcome>({ kind: 'sync' }) },
  { weight: 3, arbitrary: fc.constant<Outcome>({ kind: 'micro' }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 50 }).map((ms): Outcome => ({ kind: 'takes', ms })) }
)
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 20, arbitrary: good },
  { weight: 1, arbitrary: fc.constant<Outcome>({ kind: 'throws' }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 50 }).map((ms): Outcome => ({ kind: 'rejects', ms })) },
  { weight: 1, arbitrary: fc.constant<Outcome>({ kind: 'never' }) }
)
const outcomes = fc.array(outcome, { minLength: 1, maxLength: 4 })
const hook = fc.option(outcomes, { nil: undefined, freq: 2 })

const supervisor: fc.Arbitrary<SupervisorSpec> = fc.record({
  strategy: fc.constantFrom<RestartStrategy>(
    'one-for-one',
    'one-for-one',
    'one-for-all',
    'rest-for-one',
    'dependents',
    'forfeit-one-for-one',
    'forfeit-one-for-all',
    'crash'
  ),
  maxRestarts: fc.integer({ min: 0, max: 4 }),
  within: fc.constantFrom(1000, 60_000),
  backoff: fc.option(fc.constantFrom(1, 100, 1000), { nil: undefined })
})

const service: fc.Arbitrary<ServiceSpec> = fc.record({
  needs: fc.array(fc.record({ back: fc.integer({ min: 1, max: 4 }), wanted: fc.boolean() }), {
    maxLength: 3
  }),
  restart: fc.constantFrom('permanent', 'transient', 'transient', 'transient', 'temporary'),
  module: fc.integer({ min: 0, max: 2 }),
  hooks: fc
    .record({
      onFirstStart: hook,
      onStart: fc.option(outcomes, { nil: undefined, freq: 8 }),
      onStarted: hook,
      onReady: hook,
      onRestart: hook,
      onDrain: hook,
      onStop: fc.option(outcomes, { nil: undefined, freq: 8 }),
      onShutdown: fc.option(outcomes, { nil: undefined, freq: 8 })
    })
    .map((hooks) => Object.fromEntries(Object.entries(hooks).filter(([, value]) => value !== undefined))),
  task: fc.option(
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant<Outcome>({ kind: 'never' }) },
        { weight: 2, arbitrary: good },
        {
          weight: 1,
          arbitrary: fc.integer({ min: 0, max: 3000 }).map((ms): Outcome => ({ kind: 'rejects', ms }))
        }
      ),
      { minLength: 1, maxLength: 3 }
    ),
    { nil: undefined }
  ),
  child: fc.oneof(fc.constantFrom(undefined, 'plain' as const), supervisor)
})

const command: fc.Arbitrary<Command> = fc.record({
  type: fc.constantFrom(
    'start-app',
    'stop-app',
    'start',
    'stop',
    'restart',
    'restart',
    'crash',
    'crash',
    'crash',
    'end-itself',
    'add-child',
    'remove-child',
    'crash-child',
    'add-to-pool',
    'remove-from-pool',
    'replace-in-pool',
    'nothing'
  ),
  target: fc.nat({ max: 7 }),
  wait: fc.oneof(
    fc.constantFrom(undefined, undefined, 0, 0, 1, 100),
    fc.integer({ min: 1, max: 60 }),
    fc.constantFrom(1000, 5000, 40_000)
  )
})

/** Any scenario. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  services: fc.array(service, { minLength: 1, maxLength: 6 }),
  supervisors: fc.tuple(...[0, 1, 2].map(() => fc.option(supervisor, { nil: undefined, freq: 3 }))),
  concurrency: fc.option(fc.constantFrom(1, 2), { nil: undefined, freq: 1 }),
  commands: fc.array(command, { maxLength: 12 })
})
