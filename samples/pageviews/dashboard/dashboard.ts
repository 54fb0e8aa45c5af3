import { DependsOn, Service, Timer } from 'keelson'
import { Ingest } from '../ingest/ingest.js'
import { Aggregator } from '../stats/aggregator.js'
import { Reports } from '../store/reports.js'

const numbers = new Intl.NumberFormat('en')

/** Prints a line of figures each second in which they change, and the last ones at the end. */
@Service()
@DependsOn(Ingest) // injects nothing of it: what it prints is what that reads
export class Dashboard {
  #printedLines = -1

  constructor(
    private readonly reports: Reports,
    private readonly aggregator: Aggregator
  ) {}

  @Timer('1s')
  print(): void {
    const { lines, text } = this.#figures()
    if (lines === this.#printedLines) return
    const [top] = this.reports.topPages('views', 1, 0)
    console.log(top ? `${text}   top ${top.page} ${numbers.format(top.views)}` : text)
    this.#printedLines = lines
  }

  /** Nothing is read any more, so these are the figures with which the next run begins. */
  onShutdown(): void {
    console.log(`in all: ${this.#figures().text}`)
  }

  #figures(): { lines: number; text: string } {
    const saved = this.reports.totals()
    const { unsaved } = this.aggregator
    const requests = saved.requests + unsaved.requests
    const views = saved.views + unsaved.views
    const badLines = saved.badLines + unsaved.badLines
    const lines = requests + badLines
    const format = (value: number, what: string) => `${numbers.format(value)} ${what}`
    const figures = [
      format(lines, 'lines'),
      format(requests, 'requests'),
      format(views, 'page views'),
      format(badLines, 'bad')
    ]
    return { lines, text: figures.join('   ') }
  }
}
