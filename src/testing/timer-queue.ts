import type { Owner } from './owners.js'

/** A timer of a virtual clock. */
export interface VirtualTimer {
  readonly run: () => void
  /** Reading of the monotonic clock. */
  due: number
  readonly isAlarm: boolean
  /** It is the time limit of something. */
  readonly isLimit: boolean
  readonly owner: Owner | undefined
  /** Order of registration. */
  readonly sequence: number
  /** Where it stands in the heap; -1 when it has left it. */
  place: number
}

/** Timers by due time, then by order of registration: a binary heap. */
export class TimerQueue {
  readonly #heap: VirtualTimer[] = []
  #sequence = 0

  get size(): number {
    return this.#heap.length
  }

  /** How many are of some owners. */
  countOf(owns: (owner: Owner) => boolean): number {
    return this.#heap.filter(({ owner }) => owner !== undefined && owns(owner)).length
  }

  /** The next one to fall due. */
  peek(): VirtualTimer | undefined {
    return this.#heap[0]
  }

  /** One that is never due is not kept. */
  add(given: Omit<VirtualTimer, 'sequence' | 'place'>): VirtualTimer {
    const timer: VirtualTimer = { ...given, sequence: this.#sequence++, place: -1 }
    if (timer.due < Infinity) this.#up(timer, this.#heap.push(timer) - 1)
    return timer
  }

  /** @returns false when it is not in the queue, or no timer at all */
  remove(handle: unknown): boolean {
    const timer = handle as VirtualTimer
    if (typeof handle !== 'object' || handle === null || this.#heap[timer.place] !== timer) return false
    const last = this.#heap.pop() as VirtualTimer
    if (last !== timer) {
      this.#up(last, timer.place)
      this.#down(last, last.place)
    }
    timer.place = -1
    return true
  }

  /** Makes every alarm due at `moment`, however far away it was. */
  makeAlarmsDue(moment: number): void {
    const timers = this.#heap.splice(0)
    for (const timer of timers) {
      if (timer.isAlarm) timer.due = moment
      this.#up(timer, this.#heap.push(timer) - 1)
    }
  }

  #up(timer: VirtualTimer, from: number): void {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = this.#heap[above] as VirtualTimer
      if (!isBefore(timer, parent)) break
      this.#put(parent, place)
      place = above
    }
    this.#put(timer, place)
  }

  #down(timer: VirtualTimer, from: number): void {
    let place = from
    for (;;) {
      let below = 2 * place + 1
      const left = this.#heap[below]
      const right = this.#heap[below + 1]
      if (left === undefined) break
      let child = left
      if (right !== undefined && isBefore(right, left)) {
        child = right
        below++
      }
      if (!isBefore(child, timer)) break
      this.#put(child, place)
      place = below
    }
    this.#put(timer, place)
  }

  #put(timer: VirtualTimer, place: number): void {
    this.#heap[place] = timer
    timer.place = place
  }
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.due < b.due || (a.due === b.due && a.sequence < b.sequence)
}
