import type { RunningTick } from './running-tick.js'

/** The calls under way: none or one, nearly always, so that no Set is made for it. */
export class RunningTicks {
  #one: RunningTick | undefined
  /** Those beside the one. */
  #others: Set<RunningTick> | undefined

  get size(): number {
    return (this.#one === undefined ? 0 : 1) + (this.#others?.size ?? 0)
  }

  has(tick: RunningTick): boolean {
    return this.#one === tick || this.#others?.has(tick) === true
  }

  add(tick: RunningTick): void {
    if (this.#one === undefined) this.#one = tick
    else (this.#others ??= new Set()).add(tick)
  }

  delete(tick: RunningTick): void {
    if (this.#one === tick) this.#one = undefined
    else this.#others?.delete(tick)
  }

  abort(reason: unknown): void {
    this.#one?.abort(reason)
    for (const tick of this.#others ?? []) tick.abort(reason)
  }
}
