/** Counts the tasks that are under way, and tells those who wait for the last of them to end. */
export class OpenTasks {
  readonly #isQuiet: () => boolean
  #open = 0
  #waiters: (() => void)[] = []

  /** @param isQuiet whether none is to be expected, now that there is none */
  constructor(isQuiet: () => boolean) {
    this.#isQuiet = isQuiet
  }

  /** One has begun, or ended. */
  changed(by: 1 | -1): void {
    this.#open += by
    if (by < 0) this.check()
  }

  /** Resolves once there are none, and none is to be expected. */
  done(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
      this.check()
    })
  }

  /** More or less is to be expected than before. */
  check(): void {
    if (this.#waiters.length === 0 || this.#open > 0 || !this.#isQuiet()) return
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }
}
