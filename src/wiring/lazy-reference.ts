import { Lazy } from '../tokens/index.js'

/** A dependency that is looked up when it is first used, and kept. */
export class LazyReference<T> extends Lazy<T> {
  #find: (() => T) | undefined
  #value: T | undefined

  constructor(find: () => T) {
    super()
    this.#find = find
  }

  get(): T {
    if (this.#find !== undefined) {
      this.#value = this.#find()
      this.#find = undefined
    }
    return this.#value as T
  }
}
