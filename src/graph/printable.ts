import type { GraphNode } from './graph-view.js'

/**
 * `text` on one line of a terminal: control characters, line separators and those that turn the writing direction
 * around are written as `\u{…}`.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`
  })
}

/** The lines that say what a node is: its name, then its kind and state where they are known. */
export function labelLines(node: GraphNode): string[] {
  const lines = [printable(node.name)]
  if (node.kind !== undefined && node.kind !== 'service') lines.push(`«${printable(node.kind)}»`)
  if (node.state !== undefined) lines.push(printable(node.state))
  return lines
}
