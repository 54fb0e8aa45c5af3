import { LifecycleError, thrownToJSON } from '../errors/index.js'
import type { HealthCheckOptions, MethodFact } from '../metadata/index.js'
import { CallStretch, limited, Names, runCall, ScopedContext, type ServiceRuntime } from '../service/index.js'
import type { ServiceState } from '../lifecycle/index.js'
import { formatDuration, toMilliseconds, type Clock } from '../time/index.js'
import { countsForReadiness } from './counts-for-readiness.js'

/** What a `@HealthCheck` last said. */
export interface CheckResult {
  /** As its decorator gives it, else the name of the method; checks of one name are numbered: `'ping#2'`. */
  readonly name: string
  /** It returned in time, and did not throw. */
  readonly healthy: boolean
  /** Whether it counts for readiness. */
  readonly critical: boolean
  /** What it threw; `JSON.stringify` tells its name and message. */
  readonly error?: unknown
  /** When it was asked, in milliseconds since the epoch. */
  readonly checkedAt: number
  /** How long it took to answer, in milliseconds. */
  readonly durationMs: number
}

/** One service in a {@link HealthReport}, or a child of one. */
export interface ServiceHealth {
  /** A child's begins with its owner's: `'Pool/Worker'`. */
  readonly name: string
  /** The name of its owner, for a child. */
  readonly parent?: string
  readonly state: ServiceState
  /** It runs, and none of its critical checks failed when last asked. */
  readonly ready: boolean
  /**
   * Whether the application's readiness depends on it: the service, and whoever owns it, is `critical`. A child does not
   * count before it has run for the first time beside an owner that runs, nor once it has been stopped, be it by itself;
   * nor does a `temporary` one that has crashed.
   */
  readonly critical: boolean
  /** What its checks last said, in the order of definition; without those never asked. */
  readonly checks: readonly CheckResult[]
}

/** Whether an application lives, is ready for work, and has ever been. */
export interface HealthReport {
  /** False only when it crashed. Never depends on the outside. */
  readonly live: boolean
  /** It runs, is not draining, and every critical service is ready, children included. */
  readonly ready: boolean
  /** Its start has once succeeded. */
  readonly started: boolean
  /** In start order, the children that each has now right behind it. */
  readonly services: readonly ServiceHealth[]
}

const DEFAULT_LIMIT_MS = 3000
const NO_RESULTS: readonly CheckResult[] = []

/** A check that a class declares. */
interface DeclaredCheck {
  /** Its place among the checks of its class. */
  readonly at: number
  readonly name: string
  readonly key: string | symbol
  readonly options: HealthCheckOptions
}

/** A call of a check that has not answered yet. */
interface OpenCheck {
  readonly stretch: CallStretch
  readonly answer: Promise<unknown>
}

/** Asks the health checks of services, and remembers what they said. */
export class HealthChecks {
  readonly #clock: Clock
  /** By the place of the check. */
  readonly #results = new WeakMap<ServiceRuntime, (CheckResult | undefined)[]>()
  /** By run, since another run is not to wait for what this one has left behind; then by method. */
  readonly #open = new WeakMap<object, Map<string | symbol, OpenCheck>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How one service is, from what is known. */
  of(runtime: ServiceRuntime): ServiceHealth {
    const checks = this.#results.get(runtime)?.filter((result) => result !== undefined) ?? NO_RESULTS
    const { name, state, owner } = runtime
    const ready = state === 'running' && checks.every((check) => check.healthy || !check.critical)
    const health = { name, state, ready, critical: countsForReadiness(runtime), checks }
    return owner === undefined ? health : { parent: owner.name, ...health }
  }

  /** Asks every check of every running service, all at once. */
  async ask(runtimes: readonly ServiceRuntime[]): Promise<void> {
    const asked: Promise<void>[] = []
    for (const runtime of runtimes) {
      if (runtime.state !== 'running') continue
      for (const check of checksOf(runtime.described.methods)) asked.push(this.#ask(runtime, check))
    }
    await Promise.all(asked)
  }

  async #ask(runtime: ServiceRuntime, { at, name, key, options }: DeclaredCheck): Promise<void> {
    const { timeout, critical = true } = options
    const what = `health check ${name} of ${runtime.name}`
    const limitMs = timeout === undefined ? DEFAULT_LIMIT_MS : toMilliseconds(timeout, `timeout of ${what}`)
    const checkedAt = this.#clock.now()
    const begun = this.#clock.monotonic()
    const outcome: { error?: unknown } = {}
    try {
      const { answer, stretch } = this.#call(runtime, key)
      await limited(this.#clock, limitMs, answer, () => {
        const message = `${what} did not answer within ${formatDuration(limitMs)}`
        const detail = new LifecycleError('KEEL_TASK_TIMEOUT', { message, service: runtime.name })
        stretch.abort({ kind: 'stop', detail })
        return detail
      })
    } catch (error) {
      outcome.error = error
    }
    const durationMs = this.#clock.monotonic() - begun
    const results = this.#results.get(runtime) ?? []
    this.#results.set(runtime, results)
    results[at] = withJSON({
      name,
      healthy: !('error' in outcome),
      critical,
      checkedAt,
      durationMs,
      ...outcome
    })
  }

  /** Calls a check, unless a call of it has not answered yet: probes of what hangs are not to pile up. */
  #call(runtime: ServiceRuntime, key: string | symbol): OpenCheck {
    const run = runtime.currentRun
    let open = this.#open.get(run)
    if (open === undefined) this.#open.set(run, (open = new Map<string | symbol, OpenCheck>()))
    const known = open.get(key)
    if (known !== undefined) return known
    const stretch = new CallStretch(run)
    const context = new ScopedContext(runtime, run, stretch)
    const members = runtime.instance as Readonly<Record<string | symbol, (context: unknown) => unknown>>
    const answer = runCall(runtime, async () => members[key]?.(context))
    const check = { answer, stretch }
    open.set(key, check)
    const answered = (): void => {
      stretch.end()
      open.delete(key)
    }
    answer.then(answered, answered)
    return check
  }
}

/** In the order of definition. */
function checksOf(methods: readonly MethodFact[]): readonly DeclaredCheck[] {
  const checks: DeclaredCheck[] = []
  const names = new Names()
  for (const { kind, key, options } of methods) {
    if (kind !== 'health') continue
    checks.push({ at: checks.length, name: names.take(options.name ?? String(key)), key, options })
  }
  return checks
}

/** An error by itself is `{}` in JSON, which is what a probe over HTTP would show of it. */
function withJSON(result: CheckResult): CheckResult {
  if (!('error' in result)) return result
  const toJSON = (): object => ({ ...result, error: thrownToJSON(result.error) })
  return Object.defineProperty(result, 'toJSON', { value: toJSON })
}
