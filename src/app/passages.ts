import type { StartSequence, StopSequence } from './start-sequence.js'

/** The starts and stops of services that are under way. Each move of a service is told to all of them. */
export class Passages {
  /** A new list whenever one comes or goes: whoever is walking through it is not disturbed. */
  all: readonly (StartSequence | StopSequence)[] = []

  /** Runs one, which hears of moves until it is over. */
  async run<S extends StartSequence | StopSequence>(passage: S): Promise<Awaited<ReturnType<S['run']>>> {
    this.all = [...this.all, passage]
    try {
      return (await passage.run()) as Awaited<ReturnType<S['run']>>
    } finally {
      this.all = this.all.filter((one) => one !== passage)
    }
  }
}
