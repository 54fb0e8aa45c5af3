import { readFileSync } from 'node:fs'
import type { GraphJSON } from '../../graph/index.js'
import { usageError } from '../cli-error.js'

/** A graph as `keelson graph --format json` prints it. */
export interface Snapshot extends GraphJSON {
  /** It was drawn with `--construct`, and shows what `inject()` and factories lead to. */
  readonly constructed?: boolean
}

/**
 * Reads one.
 *
 * @param shown how its file is called for people
 * @param hint how it is written
 * @throws CliError when there is none
 */
export function readSnapshot(file: string, shown: string, hint: string): Snapshot {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw usageError(`the snapshot ${shown} cannot be read: ${(cause as Error).message}`, hint)
  }
  let snapshot: unknown
  try {
    snapshot = JSON.parse(text)
  } catch {
    snapshot = undefined
  }
  if (isSnapshot(snapshot)) return snapshot
  throw usageError(`${shown} is no snapshot of a graph`, hint)
}

function isSnapshot(value: unknown): value is Snapshot {
  const { version, nodes, edges } = (value ?? {}) as Partial<Record<keyof Snapshot, unknown>>
  return (
    version === 1 &&
    Array.isArray(nodes) &&
    nodes.every((node) => hasStrings(node, 'name')) &&
    Array.isArray(edges) &&
    edges.every((edge) => hasStrings(edge, 'from', 'to', 'kind'))
  )
}

function hasStrings(value: unknown, ...keys: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof (value as Record<string, unknown>)[key] === 'string')
  )
}
