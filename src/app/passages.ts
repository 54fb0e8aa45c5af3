import type { StartSequence } from './start-sequence.js'
import type { StopSequence } from './stop-sequence.js'

type Passage = StartSequence | StopSequence

/** The starts and stops of services that are under way. Each move of a service is told to all of them. */
export class Passages {
  /** A new list whenever one comes or goes: whoever is walking through it is not disturbed. */
  all: readonly Passage[] = []

  /** Runs one, which hears of moves until it is over. */
  async run<T>(passage: Passage & { run(): Promise<T> }): Promise<T> {
    // of the two types that it has, the one that says what comes of it
    const runs: { run(): Promise<T> } = passage
    this.all = [...this.all, passage]
    try {
      return await runs.run()
    } finally {
      this.all = this.all.filter((one) => one !== passage)
    }
  }
}
