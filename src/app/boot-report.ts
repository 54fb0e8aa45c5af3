import type { ServiceNodes } from './service-nodes.js'

/** How long one service took to start. */
export interface ServiceBootTime {
  readonly name: string
  /** From the request until its dependencies ran, in milliseconds. */
  readonly waitingMs: number
  /** Its own hooks and children, in milliseconds. */
  readonly startingMs: number
}

/** How the last start of an application went. */
export interface BootReport {
  /** From the request until everything ran, `onReady` included, in milliseconds. */
  readonly totalMs: number
  /** Time spent starting, summed over the services, over {@link totalMs}: how many started at once on average. */
  readonly parallelism: number
  /** The chain that the start had to wait for, in start order. */
  readonly criticalPath: string[]
  /** In start order; without those that have not started. */
  readonly services: readonly ServiceBootTime[]
}

/** Notes the moments of one start. */
export class BootTimes {
  readonly #nodes: ServiceNodes
  readonly #waiting: Float64Array
  readonly #starting: Float64Array
  readonly #running: Float64Array
  #begun = NaN
  #ended = NaN

  constructor(nodes: ServiceNodes) {
    this.#nodes = nodes
    this.#waiting = new Float64Array(nodes.size).fill(NaN)
    this.#starting = new Float64Array(nodes.size).fill(NaN)
    this.#running = new Float64Array(nodes.size).fill(NaN)
  }

  begin(now: number): void {
    this.#begun = now
    this.#ended = NaN
    for (const times of [this.#waiting, this.#starting, this.#running]) times.fill(NaN)
  }

  end(now: number): void {
    this.#ended = now
  }

  /** A service moved. Not to be told after the end of the start: a restart is no boot. */
  moved(index: number, to: string, now: number): void {
    if (to === 'waiting') this.#waiting[index] = now
    else if (to === 'starting') this.#starting[index] = now
    else if (to === 'running') this.#running[index] = now
  }

  /** Names of the services whose own hooks began, be it in vain. */
  begun(): Set<string> {
    const begun = this.#nodes.runtimes.filter((_, index) => !Number.isNaN(this.#starting[index]!))
    return new Set(begun.map(({ name }) => name))
  }

  /** How long each service took by itself, by name; undefined before anything was measured. */
  weights(): ReadonlyMap<string, number> | undefined {
    if (Number.isNaN(this.#ended)) return undefined
    return new Map(this.#nodes.runtimes.map(({ name }, index) => [name, this.#startingMs(index)]))
  }

  report(criticalPath: string[], now: number): BootReport {
    const services: ServiceBootTime[] = []
    let sum = 0
    for (let index = 0; index < this.#nodes.size; index++) {
      if (Number.isNaN(this.#running[index]!)) continue
      const startingMs = this.#startingMs(index)
      sum += startingMs
      const waitingMs = between(this.#waiting[index]!, this.#starting[index]!)
      services.push({ name: this.#nodes.runtimes[index]!.name, waitingMs, startingMs })
    }
    const totalMs = Number.isNaN(this.#begun)
      ? 0
      : (Number.isNaN(this.#ended) ? now : this.#ended) - this.#begun
    return { totalMs, parallelism: totalMs > 0 ? sum / totalMs : 0, criticalPath, services }
  }

  #startingMs(index: number): number {
    return between(this.#starting[index]!, this.#running[index]!)
  }
}

/** What somebody had begun by itself before is not all noted: none of that time is this start's. */
function between(earlier: number, later: number): number {
  const took = later - earlier
  return Number.isNaN(took) ? 0 : took
}
