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
  /** Only these, by index; default all. */
  readonly members?: readonly number[]
  /** In which order those that may go at once are taken: default by index, `true` from the last. */
  readonly fromLast?: boolean
}

/** Done, or no member. */
const OUT = 0
const WAITING = 1
const VISITED = 2

/** Those that may go and have not gone yet, by their places among the members. */
interface Ready {
  push(place: number): void
  pop(): number | undefined
}

/** First come, first served. */
class Arrivals implements Ready {
  /** With room for all, since each comes once. */
  readonly #places: Int32Array
  #length = 0
  #next = 0

  constructor(size: number) {
    this.#places = new Int32Array(size)
  }

  push(place: number): void {
    this.#places[this.#length++] = place
  }

  pop(): number | undefined {
    return this.#next < this.#length ? this.#places[this.#next++] : undefined
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
  /** Undefined: all. */
  readonly #members: readonly number[] | undefined
  /** Of each member, by its place among them: of thousands of walks at once each takes as much as it visits. */
  readonly #stage: Uint8Array
  /** How many that go before it are not done yet. */
  readonly #left: Int32Array
  readonly #ready: Ready
  #active = 0
  #open: number
  #begun = false
  #pumping = false
  #halted = false
  #finish: (() => void) | undefined
  /** Resolves when every member is done, or when it was halted. */
  readonly finished: Promise<void>

  constructor(order: WalkOrder, options: WalkOptions) {
    const all = order.before.offsets.length - 1
    const { members } = options
    const size = members?.length ?? all
    this.#order = order
    this.#visit = options.visit
    this.#limit = options.limit ?? Infinity
    this.#members = size === all ? undefined : members
    this.#ready = this.#limit === Infinity || options.fromLast === true ? new Arrivals(size) : new IndexHeap()
    this.#stage = new Uint8Array(size).fill(WAITING)
    this.#left = new Int32Array(size)
    this.#open = size
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
    const place = placeIn(this.#members, index)
    return place >= 0 && this.#stage[place] !== OUT
  }

  /**
   * `index` is done, whether its visit has begun or not. Of one that is done already, or no member, nothing happens.
   *
   * @param now the monotonic clock, where it has just been read: for the visit that is begun first
   */
  done(index: number, now?: number): void {
    const place = placeIn(this.#members, index)
    if (place < 0 || this.#stage[place] === OUT) return
    this.#close(place)
    this.#free(index)
    this.#pump(now)
  }

  /** All of these are done at once: none of them is visited because another of them is done. */
  doneTogether(indexes: readonly number[]): void {
    const open = indexes.filter((index) => this.isOpen(index))
    for (const index of open) this.#close(placeIn(this.#members, index))
    for (const index of open) this.#free(index)
    this.#pump()
  }

  /** No further visit begins. */
  halt(): void {
    this.#halted = true
    this.#finish?.()
  }

  #close(place: number): void {
    if (this.#stage[place] === VISITED) this.#active--
    this.#stage[place] = OUT
    this.#open--
  }

  #free(index: number): void {
    const { offsets, targets } = this.#order.after
    const members = this.#members
    for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++) {
      const next = targets[edge]!
      // asked here, since of all it would be a call for each edge
      const place = members === undefined ? next : placeIn(members, next)
      if (place < 0 || this.#stage[place] !== WAITING) continue
      if (--this.#left[place]! === 0) this.#ready.push(place)
    }
  }

  #prepare(fromLast: boolean): void {
    const { offsets, targets } = this.#order.before
    const members = this.#members
    const first: number[] = []
    for (let place = 0; place < this.#open; place++) {
      const index = members === undefined ? place : members[place]!
      let left = 0
      for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++)
        if (members === undefined || placeIn(members, targets[edge]!) >= 0) left++
      this.#left[place] = left
      if (left === 0) first.push(place)
    }
    if (fromLast) first.reverse()
    for (const place of first) this.#ready.push(place)
  }

  #pump(now?: number): void {
    // A visit may be over before it returns: the loop takes what that made ready, not the stack.
    if (this.#pumping || !this.#begun) return
    this.#pumping = true
    let reading = now
    try {
      while (!this.#halted && this.#active < this.#limit) {
        const place = this.#ready.pop()
        if (place === undefined) break
        if (this.#stage[place] !== WAITING) continue
        this.#stage[place] = VISITED
        this.#active++
        this.#visit(this.#members === undefined ? place : this.#members[place]!, reading)
        reading = undefined
      }
    } finally {
      this.#pumping = false
    }
    if (this.#open === 0) this.#finish?.()
  }
}

/** The place of an index among those of the members, which are all where there are none; negative when it is none of them. */
function placeIn(members: readonly number[] | undefined, index: number): number {
  if (members === undefined) return index
  let [low, high] = [0, members.length - 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (members[middle]! < index) low = middle + 1
    else high = middle
  }
  return members[low] === index ? low : -1
}
