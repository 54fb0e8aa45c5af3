import { createRequire } from 'node:module'
import type * as Croner from 'croner'

let loaded: typeof Croner | undefined

/** Loaded with the first expression: 4 ms, a twelfth of the import of the whole package. */
function croner(): typeof Croner {
  return (loaded ??= createRequire(import.meta.url)('croner') as typeof Croner)
}

/** Times without a wildcard or a step are fixed: none is lost in a gap, none comes twice. As Vixie cron has it. */
const OPTIONS = { mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' } as const

/** Croner's arithmetic for one expression in one time zone. Instants are milliseconds since the epoch. */
export interface Calendar {
  /** The first match after an instant; `Infinity` when there is none. */
  next(after: number): number
  /** The last match before an instant; `-Infinity` when there is none. */
  previous(before: number): number
}

/** Why croner cannot read an expression; undefined when it can. */
export function refusalOf(expression: string): unknown {
  const { CronPattern } = croner()
  try {
    // oxlint-disable-next-line no-new -- it throws for what cannot be read, which is all that is asked
    new CronPattern(expression, undefined, OPTIONS)
    return undefined
  } catch (error) {
    return error
  }
}

/** Prepares an expression and a zone that have been checked. */
export function calendarOf(expression: string, zone: string): Calendar {
  const { Cron } = croner()
  const cron = new Cron(expression, { ...OPTIONS, timezone: zone, paused: true })
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime() ?? Infinity,
    previous: (before) => cron.previousRuns(1, new Date(before))[0]?.getTime() ?? -Infinity
  }
}

/** What clocks on the wall show in a zone, written as if it were UTC. */
export function localTime(instant: number, zone: string): number {
  const { CronDate } = croner()
  const date = new CronDate(new Date(instant), zone)
  return Date.UTC(date.year, date.month, date.day, date.hour, date.minute, date.second)
}
