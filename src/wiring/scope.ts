import { markAsOwn } from '../errors/index.js'
import type { ModuleClass, Token } from '../tokens/index.js'

/** Where to look for a token. */
export interface GetOptions {
  /** Look with the eyes of this module. Default: the root, then every module. */
  readonly from?: ModuleClass | undefined
}

/**
 * Instances that live together and end together, such as those of one request: what is `scoped` is one per scope,
 * singletons are the application's. Made by `app.createScope()`; can be injected into what is scoped itself.
 *
 * @example
 * ```ts
 * await using scope = app.createScope([{ provide: REQUEST, useValue: request }])
 * await scope.get(Handler).handle()
 * ```
 */
export abstract class Scope {
  static {
    markAsOwn(this)
  }

  /**
   * What a token stands for in this scope, whose own providers go before those of all modules.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when nothing provides it; `KEEL_AMBIGUOUS_TOKEN` when several modules
   * do and `from` does not say which; `KEEL_DISPOSED` after disposal
   */
  abstract get<T>(token: Token<T>, options?: GetOptions): T

  /**
   * Releases what the scope has made, in reverse: instances of `scoped` classes, values of `scoped` factories, and those
   * that `transient` factories made for the scope or for something in it. Each by `dispose` of its factory, else by its
   * `Symbol.asyncDispose` or `Symbol.dispose`. Instances of `transient` classes belong to whoever is given them.
   *
   * @throws StopError when some of it failed; all the rest has been released
   */
  abstract [Symbol.asyncDispose](): Promise<void>
}
