import type { Logger } from '../logging/index.js'
import { ControlError } from './control-error.js'
import type { Levels } from './log-lines.js'

/** The query of a request, read word by word. */
export class RequestQuery {
  readonly #words: ReadonlyMap<string, string>

  /** @throws ControlError for a word that is not among those allowed, or comes twice */
  constructor(given: URLSearchParams, allowed: readonly string[]) {
    const words = new Map<string, string>()
    for (const [word, value] of given) {
      if (!allowed.includes(word))
        throw ControlError.unknown(
          'option',
          word,
          allowed,
          allowed.length === 0 ? 'this takes none.' : `there is ${allowed.join(', ')}.`
        )
      if (words.has(word)) throw new ControlError(`${word} is there twice`, { isUsage: true })
      words.set(word, value)
    }
    this.#words = words
  }

  text(word: string): string | undefined {
    const value = this.#words.get(word)
    if (value === '') throw new ControlError(`${word} is empty`, { isUsage: true })
    return value
  }

  needed(word: string): string {
    const value = this.text(word)
    if (value === undefined) throw new ControlError(`${word} is missing`, { isUsage: true })
    return value
  }

  flag(word: string): boolean {
    const value = this.text(word)
    if (value === undefined || value === '0') return false
    if (value === '1') return true
    throw new ControlError(`${word} is '${value}'`, { isUsage: true, hint: 'it is 1 or 0.' })
  }

  /** A level that the logger knows, if it tells which it knows. */
  level(logger: Logger): string | undefined {
    const level = this.text('level')
    const levels = levelsOf(logger)
    if (level === undefined || levels === undefined || level === 'silent') return level
    if (Object.hasOwn(levels, level)) return level
    const known = [...Object.keys(levels), 'silent']
    throw ControlError.unknown('level', level, known, `there is ${known.join(', ')}.`)
  }

  /** What somebody wants to see of a log. */
  logs(logger: Logger): {
    readonly level: number | undefined
    readonly since: number
    readonly follow: boolean
  } {
    const level = this.level(logger)
    const since = this.text('since')
    const at = Number(since ?? 0)
    if (!Number.isFinite(at)) {
      throw new ControlError(`since is '${since}'`, {
        isUsage: true,
        hint: 'it is a time in milliseconds since the epoch.'
      })
    }
    return {
      level: level === undefined ? undefined : (levelsOf(logger)?.[level] ?? Infinity),
      since: at,
      follow: this.flag('follow')
    }
  }
}

/** The numbers of a logger's levels; one that is not of pino may have none. */
export function levelsOf(logger: Logger): Levels | undefined {
  return (logger as { readonly levels?: Logger['levels'] }).levels?.values
}
