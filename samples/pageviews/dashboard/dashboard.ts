import { DependsOn, Service, Timer } from 'keelson'
import { Ingest } from '../ingest/ingest.js'
import { Aggregator } from '../stats/aggregator.js'
import { Reports } from '../store/reports.js'

const numbers = new Intl.NumberFormat('en')

/** Prints a line of figures each second in which they change, and the last ones at the end. */
@Service()
@DependsOn(Ingest) // not injected: what it prints is what that has read
export class Dashboard {
  #printed = 0

  constructor(
    private readonly aggregator: Aggregator,
    private readonly reports: Reports
  ) {}

  @Timer('1s', { immediate: true })
  print(): void {
    const { requests, badLines } = this.aggregator.totals
    const news = requests + badLines - this.#printed
    if (news === 0) return
    this.#printed += news
    const top = this.reports.topPageLately()
    const lately = top === undefined ? '' : `   lately ${top.page} ${numbers.format(top.views)}`
    console.log(`${this.#figures()}   +${numbers.format(news)}${lately}`)
  }

  /** Nothing is read any more, so these are the figures with which the next run begins. */
  onShutdown(): void {
    console.log(`in all: ${this.#figures()}`)
  }

  #figures(): string {
    const { requests, views, badLines } = this.aggregator.totals
    const figures = { lines: requests + badLines, requests, 'page views': views, 'bad lines': badLines }
    return Object.entries(figures)
      .map(([what, figure]) => `${numbers.format(figure)} ${what}`)
      .join('   ')
  }
}
