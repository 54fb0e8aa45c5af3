import { type Clock, type TimerHandle, setLimit } from '../time/index.js'
import { isAbortError } from '../waits/index.js'

/** A call of a hook that is no step of a start or stop, `onReady` or `onDrain`, until it has settled. */
export class HookInFlight {
  readonly name: string
  /** On the monotonic clock, in milliseconds. */
  readonly since: number
  /** What the caller of the hook waits for: its end, the time limit, or a stop. */
  readonly outcome: Promise<void>
  readonly #clock: Clock
  readonly #work: Promise<unknown>
  readonly #timer: TimerHandle
  readonly #earlier: HookInFlight | undefined
  #isOpen = true
  #release!: () => void

  /** @param earlier one that was under way already: a drain may begin while `onReady` is */
  constructor(
    name: string,
    work: Promise<unknown>,
    limit: { readonly clock: Clock; readonly ms: number; overdue(): unknown },
    earlier?: HookInFlight
  ) {
    const { clock, ms } = limit
    this.name = name
    this.since = clock.monotonic()
    this.#clock = clock
    this.#work = work
    this.#earlier = earlier
    let expire!: () => void
    this.outcome = new Promise((resolve, reject) => {
      expire = () => reject(limit.overdue())
      this.#release = resolve
      work.then(
        () => resolve(),
        (error: unknown) => reject(error)
      )
    })
    this.#timer = ms === Infinity ? undefined : setLimit(clock, expire, ms)
  }

  /** The last of those that were under way before and still are. */
  get earlier(): HookInFlight | undefined {
    let earlier = this.#earlier
    while (earlier !== undefined && !earlier.#isOpen) earlier = earlier.#earlier
    return earlier
  }

  /** Nobody waits for it any more. */
  close(): void {
    this.#isOpen = false
    this.#clock.clearTimeout(this.#timer)
  }

  /**
   * The service stops: from now on the stop waits for the hook, and its caller does not. Resolves with what went wrong;
   * an `AbortError` is a normal end.
   *
   * @param limit waits for the work, as long as it may; gives back `undefined` when nobody waits
   */
  handOver(
    limit: (work: Promise<unknown>) => Promise<unknown> | undefined
  ): Promise<readonly unknown[]> | undefined {
    this.close()
    this.#release()
    return limit(this.#work)?.then(
      () => [],
      (error: unknown) => (isAbortError(error) ? [] : [error])
    )
  }
}
