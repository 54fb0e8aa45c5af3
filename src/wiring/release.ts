import type { StopFailure } from '../errors/index.js'
import type { ProviderNode } from './provider-node.js'

/** Something that was made, and by whom. */
export interface MadeValue {
  readonly node: ProviderNode
  readonly value: unknown
}

/**
 * Is a value its maker's to release? What a factory was called with it has not made, unless it says how to dispose of it
 * all the same.
 *
 * @param given what the factory was called with
 */
export function isToRelease({ node, value }: MadeValue, given: readonly unknown[]): boolean {
  const { source } = node
  return source.kind !== 'factory' || source.spec.dispose !== undefined || !given.includes(value)
}

/** Is there anything to do for any of these? Most of what a scope makes needs no end, and then no promise either. */
export function hasToRelease(made: readonly MadeValue[]): boolean {
  for (const one of made) if (isReleasable(one)) return true
  return false
}

/** How long a release may take: resolves with it, or rejects when its time is up. `service` is what it is told under. */
export type Patience = (releasing: Promise<void>, service: string) => Promise<void>

/**
 * Releases values, last made first, one after the other: by the `dispose` of their factory, else by their own
 * `Symbol.asyncDispose` or `Symbol.dispose`. A value that came from several factories is released once. What fails
 * keeps nothing else from being released.
 *
 * @param patience default: any time
 */
export async function release(
  made: readonly MadeValue[],
  patience: Patience = (releasing) => releasing
): Promise<StopFailure[]> {
  const failures: StopFailure[] = []
  const done = new Set<unknown>()
  for (const { node, value } of made.toReversed()) {
    const dispose = node.source.kind === 'factory' ? node.source.spec.dispose : undefined
    try {
      let releasing: unknown
      if (dispose !== undefined) releasing = dispose(value as never)
      else if (isObject(value) && !done.has(value)) {
        done.add(value)
        if (isAsyncDisposable(value)) releasing = value[Symbol.asyncDispose]()
        else if (isDisposable(value)) value[Symbol.dispose]()
      }
      if (isObject(releasing)) await patience(Promise.resolve(releasing as PromiseLike<void>), node.name)
    } catch (error) {
      failures.push({ service: node.name, phase: 'dispose', error })
    }
  }
  return failures
}

/** Would anything be done to release it? */
export function isReleasable({ node, value }: MadeValue): boolean {
  if (node.source.kind === 'factory' && node.source.spec.dispose !== undefined) return true
  return isObject(value) && (isAsyncDisposable(value) || isDisposable(value))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

// Node 20 has both symbols; a value may carry either
function isAsyncDisposable(value: object): value is AsyncDisposable {
  return hasMethod(value, Symbol.asyncDispose)
}

function isDisposable(value: object): value is Disposable {
  return hasMethod(value, Symbol.dispose)
}

function hasMethod(value: object, key: symbol): boolean {
  try {
    return typeof (value as Readonly<Record<symbol, unknown>>)[key] === 'function'
  } catch {
    // a strict fake, or a revoked proxy: what must not be looked at has nothing to release
    return false
  }
}
