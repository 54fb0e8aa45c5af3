import type { LogRing } from './log-ring.js'

/** Which lines of a log somebody wants to see. */
interface LogQuery {
  readonly service?: string | undefined
  /** The lowest level, as a number. */
  readonly level?: number | undefined
}

/** What a logger calls its levels. */
export type Levels = Readonly<Record<string, number>>

/** Tells whether a line of JSON, as pino writes it, is wanted. A line that cannot be read has neither level nor service. */
export function logFilter(query: LogQuery, levels: Levels): (line: string) => boolean {
  const { service, level } = query
  if (service === undefined && level === undefined) return () => true
  return (line) => {
    const fields = parse(line)
    if (service !== undefined && !isOf(fields['service'], service)) return false
    return level === undefined || levelOf(fields['level'], levels) >= level
  }
}

/** Children count as part of a service. */
function isOf(owner: unknown, service: string): boolean {
  return owner === service || (typeof owner === 'string' && owner.startsWith(`${service}/`))
}

/** A formatter may have put the name of the level in the place of its number. */
function levelOf(level: unknown, levels: Levels): number {
  if (typeof level === 'number') return level
  return (typeof level === 'string' ? levels[level.toLowerCase()] : undefined) ?? 0
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Lines that go out one by one. */
export interface Lines {
  /** Those that are there already. */
  readonly first: readonly string[]
  /** Passes on those to come; the function that comes back ends that. Undefined: there are none. */
  readonly follow: ((line: (text: string) => void) => () => void) | undefined
}

/** What somebody wants to see of a log. */
export interface LogsWanted extends LogQuery {
  readonly since: number
  readonly follow: boolean
}

/** Looks for it. */
export function readLogs(ring: LogRing, wanted: LogsWanted, levels: Levels): Lines {
  const isWanted = logFilter(wanted, levels)
  return {
    first: ring.since(wanted.since).filter(isWanted),
    follow: wanted.follow
      ? (line) =>
          ring.follow((text) => {
            if (isWanted(text)) line(text)
          })
      : undefined
  }
}
