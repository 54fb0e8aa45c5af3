import { printable } from '../../graph/index.js'
import type { ServiceDetails, TaskDetails } from '../../dump/index.js'

/** A duration as exact as somebody who looks needs it: `'250ms'`, `'3.4s'`, `'2h5m'`. */
export function age(milliseconds: number): string {
  const left = Math.max(0, milliseconds)
  if (left < 1000) return `${Math.round(left)}ms`
  if (left < 10_000) return `${Math.round(left / 100) / 10}s`
  const seconds = Math.round(left / 1000)
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60
  ]
  if (days > 0) return `${days}d${hours > 0 ? `${hours}h` : ''}`
  if (hours > 0) return `${hours}h${minutes > 0 ? `${minutes}m` : ''}`
  return minutes > 0 ? `${minutes}m${seconds % 60 > 0 ? `${seconds % 60}s` : ''}` : `${seconds}s`
}

/** When a slot is. */
export function until(at: number, now: number): string {
  return at >= now ? `in ${age(at - now)}` : `${age(now - at)} late`
}

/** What a service does now: the step it waits for, why it has crashed, or what it says itself. */
export function doing({ pending, crashReason, statusText, activities }: ServiceDetails): string {
  const words: string[] = []
  if (pending !== undefined) words.push(`${pending.step} for ${age(pending.forMs)}`)
  if (crashReason !== undefined) words.push(thrown(crashReason))
  if (statusText !== '') words.push(statusText)
  words.push(...activities)
  return words.map((text) => oneLine(text)).join('; ')
}

/** Something thrown, in one line. */
export function thrown({ name, message }: { readonly name: string; readonly message: string }): string {
  return oneLine(message.startsWith('KEEL_') ? (message.split('\n')[0] ?? '') : `${name}: ${message}`)
}

/** How the last call of a task, timer or cron went. */
export function lastCall({ startedAt, state, lastError, lastDurationMs }: TaskDetails, now: number): string {
  if (startedAt === undefined) return 'never called'
  const began = `${age(now - startedAt)} ago`
  if (state === 'running') return `running, called ${began}`
  const took = lastDurationMs === undefined ? '' : `, took ${age(lastDurationMs)}`
  return lastError === undefined
    ? `ok, called ${began}${took}`
    : `failed, called ${began}${took}: ${thrown(lastError)}`
}

/** A line of a log as JSON, with nothing in its texts that a terminal would obey; they keep their lines and tabs. */
export function harmless(line: string): string {
  return line
    .replaceAll(/(?![\n\t])\p{Cc}/gu, printableInJson)
    .replaceAll(/\\(?:\\|[bfr]|u00[01][\da-f])/gi, (escaped) =>
      escaped === '\\\\' ? escaped : printableInJson(JSON.parse(`"${escaped}"`) as string)
    )
}

function printableInJson(character: string): string {
  return JSON.stringify(printable(character)).slice(1, -1)
}

function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' ').trim())
}
