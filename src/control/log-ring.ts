import type { Clock } from '../time/index.js'

/** A line of the log, as it was written. */
interface Kept {
  readonly at: number
  readonly line: string
}

/** So much of the log is kept, whichever is reached first. */
const MOST_LINES = 1000
const MOST_CHARACTERS = 1 << 20

/** The last lines of a log, and those who follow it. Costs a push for each line while nobody asks. */
export class LogRing {
  readonly #clock: Clock
  readonly #lines: Kept[] = []
  #characters = 0
  readonly #followers = new Set<(line: string) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes a line, as a logger's destination does. */
  write(line: string): void {
    this.#lines.push({ at: this.#clock.now(), line })
    this.#characters += line.length
    while (this.#lines.length > MOST_LINES || this.#characters > MOST_CHARACTERS)
      this.#characters -= this.#lines.shift()?.line.length ?? this.#characters
    for (const follower of this.#followers) follower(line)
  }

  /** The lines written at this time or later, the oldest first. */
  since(at: number): string[] {
    return this.#lines.filter((kept) => kept.at >= at).map((kept) => kept.line)
  }

  /** Passes each line on from now; the function that comes back ends that. */
  follow(follower: (line: string) => void): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }
}
