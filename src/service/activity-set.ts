import { ConfigurationError } from '../errors/index.js'
import { describe, type MethodFactOf } from '../metadata/index.js'
import type { Class } from '../tokens/index.js'
import { promiseOf } from './promise-of.js'

/** Who is told of activities. */
export interface ActivityPort {
  began(name: string): void
  ended(name: string, outcome: { readonly durationMs: number; readonly error?: unknown }): void
  monotonic(): number
}

/** What a service is doing now, by name; the same name may be under way several times. */
export class ActivitySet {
  /** None when nothing is under way: a map that is kept would keep more and more, see D36. */
  #counts: Map<string, number> | undefined
  readonly #port: ActivityPort

  constructor(port: ActivityPort) {
    this.#port = port
  }

  /** Names of what is under way. */
  get names(): ReadonlySet<string> {
    return this.#counts === undefined ? NONE : new Set(this.#counts.keys())
  }

  /** Runs `work`, synchronous or not, with `name` among the activities meanwhile. */
  track<T>(name: string, work: () => T): T {
    this.#begin(name)
    const begun = this.#port.monotonic()
    const ended = (failure?: { readonly error: unknown }): void => {
      this.#end(name)
      const durationMs = this.#port.monotonic() - begun
      this.#port.ended(name, failure === undefined ? { durationMs } : { durationMs, error: failure.error })
    }
    let result: T
    try {
      result = work()
    } catch (error) {
      ended({ error })
      throw error
    }
    const promise = promiseOf(result)
    if (promise === undefined) {
      ended()
      return result
    }
    return promise.then(
      (value: unknown) => {
        ended()
        return value
      },
      (error: unknown) => {
        ended({ error })
        throw error
      }
    ) as T
  }

  /** Makes the methods marked `@Activity` of one instance count. */
  wrapMethods(instance: object, methods: readonly MethodFactOf<'activity'>[]): void {
    const members = instance as Record<string | symbol, (...args: unknown[]) => unknown>
    for (const { key, name } of methods) {
      const method = members[key]
      if (method === undefined) continue
      const track = (args: unknown[]): unknown => this.track(name, () => method.apply(instance, args))
      if (!isOpenTo(instance, key)) throw frozenError(instance, key)
      // On the instance, so that calls the service makes itself count as well.
      Object.defineProperty(instance, key, {
        value: (...args: unknown[]) => track(args),
        configurable: true,
        writable: true
      })
    }
  }

  #begin(name: string): void {
    const counts = (this.#counts ??= new Map<string, number>())
    counts.set(name, (counts.get(name) ?? 0) + 1)
    this.#port.began(name)
  }

  #end(name: string): void {
    const counts = this.#counts
    const left = (counts?.get(name) ?? 1) - 1
    if (left > 0) counts?.set(name, left)
    else if (counts?.size === 1) this.#counts = undefined
    else counts?.delete(name)
  }
}

function isOpenTo(instance: object, key: string | symbol): boolean {
  const own = Reflect.getOwnPropertyDescriptor(instance, key)
  return own === undefined ? Object.isExtensible(instance) : own.configurable === true
}

function frozenError(instance: object, key: string | symbol): ConfigurationError {
  const { name, location } = describe(instance.constructor as Class)
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `@Activity() of ${name}.${String(key)} cannot count its calls: the object is frozen, sealed or not extensible`,
    hint: 'leave the object open, and freeze what it holds; or call activity(name, work) of the context in the method.',
    service: name,
    location
  })
}

const NONE: ReadonlySet<string> = new Set()
