/** Who must be done before whom. Both directions, by index. */
export interface Adjacency {
  readonly size: number
  /** What must be done before `index`. */
  before(index: number): readonly number[]
  /** What waits for `index`. */
  after(index: number): readonly number[]
}

/** How to walk. */
export interface WalkOptions {
  /** Begins the visit of one; {@link OrderedWalk.done} ends it, at once or later. */
  readonly visit: (index: number) => void
  /** Visits under way at once; default no limit. */
  readonly limit?: number
  /** Only these; default all. */
  readonly members?: Iterable<number>
  /** In which order those that may go at once are taken: default by index, `true` from the last. */
  readonly fromLast?: boolean
}

/**
 * Visits everything as soon as all that goes before it is done, by counting what is left (Kahn's algorithm, driven
 * by events). No recursion and no levels: a visit waits for its own predecessors only.
 */
export class OrderedWalk {
  readonly #graph: Adjacency
  readonly #visit: (index: number) => void
  readonly #limit: number
  /** What each still waits for; below 0: not a member, or done. */
  readonly #left: Int32Array
  readonly #ready: number[] = []
  #next = 0
  #active = 0
  #open = 0
  #pumping = false
  #halted = false
  #finish: (() => void) | undefined
  /** Resolves when every member is done, or when it was halted. */
  readonly finished: Promise<void>

  constructor(graph: Adjacency, options: WalkOptions) {
    this.#graph = graph
    this.#visit = options.visit
    this.#limit = options.limit ?? Infinity
    this.#left = new Int32Array(graph.size).fill(options.members === undefined ? 0 : -1)
    for (const index of options.members ?? []) this.#left[index] = 0
    this.finished = new Promise((resolve) => (this.#finish = resolve))
    this.#prepare(options.fromLast ?? false)
  }

  /** Begins to visit. */
  begin(): void {
    this.#pump()
  }

  /** The visit of `index` is over. Of one that is done already, or no member, nothing happens. */
  done(index: number): void {
    if (this.#left[index] !== 0) return
    this.#active--
    this.#leave(index)
    this.#pump()
  }

  /** `index` is not to be visited, though what goes before it is not done. */
  skip(index: number): void {
    if (this.#left[index]! <= 0) return
    this.#leave(index)
    this.#pump()
  }

  /** No further visit begins. */
  halt(): void {
    this.#halted = true
    this.#finish?.()
  }

  #leave(index: number): void {
    this.#left[index] = -1
    this.#open--
    for (const next of this.#graph.after(index)) {
      const left = this.#left[next]!
      if (left <= 0) continue
      this.#left[next] = left - 1
      if (left === 1) this.#ready.push(next)
    }
  }

  #prepare(fromLast: boolean): void {
    const { size } = this.#graph
    for (let index = 0; index < size; index++) {
      if (this.#left[index] === 0) this.#open++
    }
    for (let index = 0; index < size; index++) {
      if (this.#left[index]! < 0) continue
      let left = 0
      for (const before of this.#graph.before(index)) if (this.#left[before]! >= 0) left++
      this.#left[index] = left
      if (left === 0) this.#ready.push(index)
    }
    if (fromLast) this.#ready.reverse()
  }

  #pump(): void {
    // A visit may be over before it returns: the loop takes what that made ready, not the stack.
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (!this.#halted && this.#next < this.#ready.length && this.#active < this.#limit) {
        this.#active++
        this.#visit(this.#ready[this.#next++]!)
      }
    } finally {
      this.#pumping = false
    }
    if (this.#open === 0) this.#finish?.()
  }
}
