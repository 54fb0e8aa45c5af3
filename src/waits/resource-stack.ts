import { ConfigurationError, isThenable, show } from '../errors/index.js'

/** How to make a {@link ResourceStack}. */
export interface ResourceStackOptions {
  /** Told of what goes wrong in releasing something that was added after the end. Default: it is thrown into the process. */
  readonly onLateError?: (error: unknown) => void
}

/** How to release. */
export interface ReleaseOptions {
  /**
   * Puts a limit on each release that takes time: given its promise, gives back one that may reject earlier. The
   * rejection is that release's error, and the next one begins.
   */
  readonly limit?: (release: Promise<void>) => Promise<void>
}

type Release = () => unknown

/**
 * What is to be released at the end: last in, first out, each even when another fails. Empty, it costs next to
 * nothing.
 *
 * After the end it takes nothing into care any more: what is added then, by something that was late, is released
 * at once.
 */
export class ResourceStack {
  readonly #onLateError: ((error: unknown) => void) | undefined
  #releases: Release[] | undefined
  #released: Promise<unknown[]> | undefined
  #ended = false

  constructor(options?: ResourceStackOptions) {
    this.#onLateError = options?.onLateError
  }

  /** How much is in care. */
  get size(): number {
    return this.#releases?.length ?? 0
  }

  /**
   * Takes a resource into care and gives it back. Released by `Symbol.asyncDispose`, else by `Symbol.dispose`.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` when it has neither
   */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    const dispose = disposeMethod(resource)
    this.#add(() => dispose.call(resource))
    return resource
  }

  /**
   * Calls `release` at the end; a promise that it returns is awaited.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` when it is not a function
   */
  defer(release: Release): void {
    if (typeof release !== 'function') {
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `defer() takes a function, but was given ${describe(release)}`,
        hint: 'Write defer(() => thing.close()), or use(thing) for something disposable.'
      })
    }
    this.#add(release)
  }

  /**
   * Releases everything, one after the other; what is added meanwhile too.
   *
   * @returns what went wrong, in order; the same promise for every call
   */
  release(options?: ReleaseOptions): Promise<unknown[]> {
    return (this.#released ??= this.#releaseAll(options?.limit))
  }

  async #releaseAll(limit: ReleaseOptions['limit']): Promise<unknown[]> {
    const errors: unknown[] = []
    for (let release = this.#releases?.pop(); release !== undefined; release = this.#releases?.pop()) {
      try {
        const result = release()
        if (isThenable(result)) await bounded(result, limit)
      } catch (error) {
        errors.push(error)
      }
    }
    this.#ended = true
    return errors
  }

  #add(release: Release): void {
    if (!this.#ended) (this.#releases ??= []).push(release)
    else void this.#releaseLate(release)
  }

  async #releaseLate(release: Release): Promise<void> {
    try {
      await release()
    } catch (error) {
      if (this.#onLateError === undefined) throw error
      this.#onLateError(error)
    }
  }
}

function bounded(result: PromiseLike<unknown>, limit: ReleaseOptions['limit']): PromiseLike<unknown> {
  if (limit === undefined) return result
  const release = Promise.resolve(result).then(() => {})
  // given up, it may still fail
  release.catch(() => {})
  return limit(release)
}

function disposeMethod(resource: unknown): () => unknown {
  if ((typeof resource === 'object' && resource !== null) || typeof resource === 'function') {
    const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = resource as Partial<
      AsyncDisposable & Disposable
    >
    if (typeof later === 'function') return later
    if (typeof now === 'function') return now
  }
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `use() takes something disposable, but was given ${describe(resource)}`,
    hint: 'Give it a [Symbol.dispose]() or [Symbol.asyncDispose]() method, or write defer(() => thing.close()).'
  })
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (typeof value !== 'object' || value === null) return show(value)
  const name: unknown = (value as { readonly constructor?: { readonly name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== 'Object' && name !== ''
    ? `a ${name}`
    : 'an object without either'
}
