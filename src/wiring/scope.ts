import type { Token } from '../tokens/index.js'

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
  /**
   * What a token stands for in this scope.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when nothing provides it; `KEEL_AMBIGUOUS_TOKEN` when several modules
   * do; `KEEL_DISPOSED` after disposal
   */
  abstract get<T>(token: Token<T>): T

  /**
   * Releases what the scope has made, in reverse: instances of `scoped` classes, values of `scoped` factories, and those
   * that `transient` factories made for the scope or for something in it. Each by `dispose` of its factory, else by its
   * `Symbol.asyncDispose` or `Symbol.dispose`. Instances of `transient` classes belong to whoever is given them.
   *
   * @throws StopError when some of it failed; all the rest has been released
   */
  abstract [Symbol.asyncDispose](): Promise<void>
}
