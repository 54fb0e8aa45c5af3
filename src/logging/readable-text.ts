import { inspect } from 'node:util'

// oxlint-disable-next-line no-control-regex -- what a terminal would obey, but for colours
const CONTROLS = /\u001B(?!\[[\d;]*m)|[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F-\u009F]/g

/** What comes from outside, as the words of an error may, is not to write over the lines before. */
export function harmless(lines: string): string {
  return lines.replaceAll(CONTROLS, '')
}

/** What goes on in further lines is seen to belong to the first. */
export function indented(lines: string): string {
  return lines.replaceAll('\n', '\n    ')
}

export function text(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : show(value)
}

// oxlint-disable-next-line no-control-regex -- what a terminal would obey
const PLAIN = /^[^\s"'\u0000-\u001F\u007F-\u009F]+$/

export function show(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value)
    ? value
    : inspect(value, { depth: 4, breakLength: Infinity })
}

/** A field of a line, or of an error. */
export function field(key: string, value: unknown): string {
  return `${show(key)}=${show(value)}`
}

const IN_A_WORD = /[\p{L}\p{N}]/u

/** Whether words say this too, and not merely have its letters in one of theirs. */
export function doSay(words: string, what: string): boolean {
  if (what === '') return false
  for (let at = words.indexOf(what); at >= 0; at = words.indexOf(what, at + 1))
    if (!IN_A_WORD.test(words[at - 1] ?? '') && !IN_A_WORD.test(words[at + what.length] ?? '')) return true
  return false
}
