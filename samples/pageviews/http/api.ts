import { Application, Injectable } from 'keelson'
import { Reports, type TimeCount } from '../store/reports.js'
import { BadRequest, Query } from './query.js'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

type Page = (parameters: URLSearchParams) => Answer | Promise<Answer>

/** The answers, without the HTTP around them. */
@Injectable()
export class Api {
  readonly #pages: ReadonlyMap<string, Page> = new Map<string, Page>([
    ['/', () => ok({ endpoints: [...this.#pages.keys()] })],
    ['/totals', () => ok(this.reports.totals())],
    ['/pages/top', (parameters) => this.#topPages(parameters)],
    ['/rates', (parameters) => this.#rates(parameters)],
    ['/status-codes', (parameters) => this.#statusCodes(parameters)],
    ['/days', () => ok({ days: this.reports.days().map(readable) })],
    ['/bad-lines', (parameters) => this.#badLines(parameters)],
    ['/health', () => this.#health()]
  ])

  constructor(
    private readonly reports: Reports,
    private readonly app: Application
  ) {}

  /** Answers `GET target`. */
  async get(target: string): Promise<Answer> {
    if (!URL.canParse(target, 'http://localhost')) return failure(400, 'this is no address')
    const { pathname, searchParams } = new URL(target, 'http://localhost')
    const page = this.#pages.get(pathname)
    if (page === undefined) return failure(404, `nothing is at ${pathname}; / lists what there is`)
    try {
      return await page(searchParams)
    } catch (error) {
      if (error instanceof BadRequest) return failure(400, error.message)
      throw error
    }
  }

  #topPages(parameters: URLSearchParams): Answer {
    const query = new Query(parameters, ['n', 'by', 'since'])
    const by = query.word('by', 'views', 'requests')
    return ok({ pages: this.reports.topPages(by, query.number('n', 10, 10_000), query.time('since')) })
  }

  /** In the log's own time: the newest minute is the last one, whenever that was. */
  #rates(parameters: URLSearchParams): Answer {
    const count = new Query(parameters, ['n']).number('n', 60, 100_000)
    const minutes = this.reports.minutes(Math.max(count, 15))
    const newest = minutes.at(-1)?.time ?? 0
    const mean = (span: number) => {
      const last = minutes.filter(({ time }) => time > newest - span * 60)
      return last.reduce((sum, { requests }) => sum + requests, 0) / span
    }
    return ok({
      requestsPerMinute: { last1: mean(1), last5: mean(5), last15: mean(15) },
      minutes: minutes.slice(-count).map(readable)
    })
  }

  #statusCodes(parameters: URLSearchParams): Answer {
    const since = new Query(parameters, ['since']).time('since')
    const counts = this.reports.statusCodes(since)
    return ok(Object.fromEntries(counts.map(({ status, requests }) => [status, requests])))
  }

  #badLines(parameters: URLSearchParams): Answer {
    const count = new Query(parameters, ['n']).number('n', 20, 1000)
    return ok({ total: this.reports.totals().badLines, newest: this.reports.badLines(count) })
  }

  /** 503 while it starts, stops, or something that counts is down: what a load balancer looks at. */
  async #health(): Promise<Answer> {
    const health = await this.app.checkHealth()
    return { status: health.ready ? 200 : 503, body: health }
  }
}

/** An answer for what went wrong. */
export function failure(status: number, message: string): Answer {
  return { status, body: { error: message } }
}

function ok(body: unknown): Answer {
  return { status: 200, body }
}

function readable({ time, ...counts }: TimeCount): object {
  return { time: new Date(time * 1000).toISOString(), ...counts }
}
