import type { ServiceState } from '../lifecycle/index.js'
import { Roster } from '../streams/index.js'
import type { StartSequence } from './start-sequence.js'
import type { StopSequence } from './stop-sequence.js'

/** The starts and stops of services that are under way. */
export class Passages {
  readonly starts = new PassagesOfKind<StartSequence>()
  readonly stops = new PassagesOfKind<StopSequence>()

  /**
   * A service moved, which is told to those that it concerns.
   *
   * @param now the monotonic clock, unless somebody's code has run since
   */
  moved(index: number, to: ServiceState, now: number | undefined): void {
    const starts = this.starts.areUnderWay ? this.starts.at(index) : NONE
    const stops = this.stops.areUnderWay ? this.stops.at(index) : NONE
    // one of several may run somebody's code
    const reading = starts.length + stops.length === 1 ? now : undefined
    for (let n = 0; n < starts.length; n++) starts[n]!.moved(index, to, reading)
    for (let n = 0; n < stops.length; n++) stops[n]!.moved(index, to, reading)
  }
}

/** A start or a stop of several services. */
interface Passage {
  /** Those whose moves it has to hear of; undefined: of all. */
  readonly concerns: Iterable<number> | undefined
  run(): Promise<unknown>
}

/** Those of one kind. Thousands may be under way at once, each of few services: they are found by the place of what moves. */
export class PassagesOfKind<P extends Passage> {
  readonly #all = new Roster<P>()
  /** Whether there are any; a field, since each move of a service asks. */
  areUnderWay = false
  /** Of every service. A new list whenever one comes or goes: whoever is walking through it is not disturbed. */
  #wide: readonly P[] = []
  /** The others. Gone with the last of them; see D36. */
  #byPlace: Map<number, Roster<P>> | undefined

  /** All of them. */
  get all(): readonly P[] {
    return this.#all.all()
  }

  /** Those that have to hear of what stands at a place. */
  at(place: number): readonly P[] {
    const narrow = this.#byPlace?.get(place)
    return narrow === undefined ? this.#wide : [...this.#wide, ...narrow.all()]
  }

  /** Runs one, which hears of moves until it is over. */
  async run<T>(passage: P & { run(): Promise<T> }): Promise<T> {
    // of the two types that it has, the one that says what comes of it
    const runs: { run(): Promise<T> } = passage
    const { concerns } = passage
    this.#all.add(passage)
    this.areUnderWay = true
    if (concerns === undefined) this.#wide = [...this.#wide, passage]
    else for (const place of concerns) this.#rosterAt(place).add(passage)
    try {
      return await runs.run()
    } finally {
      this.#all.delete(passage)
      this.areUnderWay = this.#all.size > 0
      if (concerns === undefined) this.#wide = this.#wide.filter((one) => one !== passage)
      else for (const place of concerns) this.#leave(place, passage)
    }
  }

  #rosterAt(place: number): Roster<P> {
    const byPlace = (this.#byPlace ??= new Map<number, Roster<P>>())
    let roster = byPlace.get(place)
    if (roster === undefined) byPlace.set(place, (roster = new Roster()))
    return roster
  }

  #leave(place: number, passage: P): void {
    const roster = this.#byPlace?.get(place)
    roster?.delete(passage)
    if (roster?.size !== 0) return
    if (this.#byPlace?.size === 1) this.#byPlace = undefined
    else this.#byPlace?.delete(place)
  }
}

const NONE: readonly never[] = []
