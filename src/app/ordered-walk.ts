import { type Adjacency, IndexHeap } from '../graph/index.js'

/** Who must be done before whom, by index. */
export interface WalkOrder {
  /** What must be done before each. */
  readonly before: Adjacency
  /** What waits for each. */
  readonly after: Adjacency
}

/** How to walk. */
export interface WalkOptions {
  /** Begins the visit of one; {@link OrderedWalk.done} ends it, at once or later. `now`: the monotonic clock, just read. */
  readonly visit: (index: number, now: number | undefined) => void
  /** Visits under way at once; default no limit. Under one, whichever comes first by index goes first. */
  readonly limit?: number
  /** Only these; default all. */
  readonly members?: readonly number[]
  /** In which order those that may go at once are taken: default by index, `true` from the last. */
  readonly fromLast?: boolean
}

/** Done, or no member. */
const OUT = 0
const WAITING = 1
const VISITED = 2

/** Those that may go and have not gone yet. */
interface Ready {
  push(index: number): void
  pop(): number | undefined
}

/** First come, first served. */
class Arrivals implements Ready {
  /** With room for all, since each comes once. */
  readonly #indexes: Int32Array
  #length = 0
  #next = 0

  constructor(size: number) {
    this.#indexes = new Int32Array(size)
  }

  push(index: number): void {
    this.#indexes[this.#length++] = index
  }

  pop(): number | undefined {
    return this.#next < this.#length ? this.#indexes[this.#next++] : undefined
  }
}

/**
 * Visits everything as soon as all that goes before it is done, by counting what is left (Kahn's algorithm, driven
 * by events). No recursion and no levels: a visit waits for its own predecessors only.
 */
export class OrderedWalk {
  readonly #order: WalkOrder
  readonly #visit: WalkOptions['visit']
  readonly #limit: number
  readonly #stage: Uint8Array
  /** How many that go before it are not done yet. */
  readonly #left: Int32Array
  readonly #ready: Ready
  #active = 0
  #open = 0
  #begun = false
  #pumping = false
  #halted = false
  #finish: (() => void) | undefined
  /** Resolves when every member is done, or when it was halted. */
  readonly finished: Promise<void>

  constructor(order: WalkOrder, options: WalkOptions) {
    const size = order.before.offsets.length - 1
    this.#order = order
    this.#visit = options.visit
    this.#limit = options.limit ?? Infinity
    this.#ready = this.#limit === Infinity || options.fromLast === true ? new Arrivals(size) : new IndexHeap()
    this.#stage = initialStages(size, options.members)
    this.#left = new Int32Array(size)
    this.finished = new Promise((resolve) => (this.#finish = resolve))
    this.#prepare(options.fromLast ?? false)
  }

  /** Begins to visit; what is {@link done} before is not visited, and nothing is because of it. */
  begin(): void {
    this.#begun = true
    this.#pump()
  }

  /** Whether `index` is to be done yet. */
  isOpen(index: number): boolean {
    return this.#stage[index] !== OUT
  }

  /**
   * `index` is done, whether its visit has begun or not. Of one that is done already, or no member, nothing happens.
   *
   * @param now the monotonic clock, where it has just been read: for the visit that is begun first
   */
  done(index: number, now?: number): void {
    if (!this.isOpen(index)) return
    this.#close(index)
    this.#free(index)
    this.#pump(now)
  }

  /** All of these are done at once: none of them is visited because another of them is done. */
  doneTogether(indexes: readonly number[]): void {
    const open = indexes.filter((index) => this.isOpen(index))
    for (const index of open) this.#close(index)
    for (const index of open) this.#free(index)
    this.#pump()
  }

  /** No further visit begins. */
  halt(): void {
    this.#halted = true
    this.#finish?.()
  }

  #close(index: number): void {
    if (this.#stage[index] === VISITED) this.#active--
    this.#stage[index] = OUT
    this.#open--
  }

  #free(index: number): void {
    const { offsets, targets } = this.#order.after
    for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++) {
      const next = targets[edge]!
      if (this.#stage[next] !== WAITING) continue
      if (--this.#left[next]! === 0) this.#ready.push(next)
    }
  }

  #prepare(fromLast: boolean): void {
    const { offsets, targets } = this.#order.before
    const size = this.#stage.length
    const first: number[] = []
    for (let index = 0; index < size; index++) {
      if (this.#stage[index] === OUT) continue
      this.#open++
      let left = 0
      for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++)
        if (this.#stage[targets[edge]!] !== OUT) left++
      this.#left[index] = left
      if (left === 0) first.push(index)
    }
    if (fromLast) first.reverse()
    for (const index of first) this.#ready.push(index)
  }

  #pump(now?: number): void {
    // A visit may be over before it returns: the loop takes what that made ready, not the stack.
    if (this.#pumping || !this.#begun) return
    this.#pumping = true
    let reading = now
    try {
      while (!this.#halted && this.#active < this.#limit) {
        const index = this.#ready.pop()
        if (index === undefined) break
        if (this.#stage[index] !== WAITING) continue
        this.#stage[index] = VISITED
        this.#active++
        this.#visit(index, reading)
        reading = undefined
      }
    } finally {
      this.#pumping = false
    }
    if (this.#open === 0) this.#finish?.()
  }
}

function initialStages(size: number, members: readonly number[] | undefined): Uint8Array {
  const stages = new Uint8Array(size)
  if (members === undefined) return stages.fill(WAITING)
  for (let n = 0; n < members.length; n++) stages[members[n]!] = WAITING
  return stages
}
