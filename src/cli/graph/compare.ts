import type { GraphEdge, GraphNode } from '../../graph/index.js'

/** How one graph differs from another that was drawn before. */
export interface GraphChanges {
  readonly added: GraphParts
  readonly removed: GraphParts
  /** There before and after, but not the same. */
  readonly changed: {
    readonly nodes: readonly { readonly before: GraphNode; readonly after: GraphNode }[]
    readonly edges: readonly { readonly before: GraphEdge; readonly after: GraphEdge }[]
  }
}

/** Some of a graph. */
export interface GraphParts {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** What has changed. A state is no part of a graph: it is another every moment. */
export function compareGraphs(before: GraphParts, after: GraphParts): GraphChanges {
  const nodes = difference(before.nodes, after.nodes, ({ name }) => name, nodeText)
  const edges = difference(before.edges, after.edges, ({ from, to }) => JSON.stringify([from, to]), edgeText)
  return {
    added: { nodes: nodes.added, edges: edges.added },
    removed: { nodes: nodes.removed, edges: edges.removed },
    changed: { nodes: nodes.changed, edges: edges.changed }
  }
}

/** Whether there is no change at all. */
export function isSame({ added, removed, changed }: GraphChanges): boolean {
  return [added, removed, changed].every(({ nodes, edges }) => nodes.length + edges.length === 0)
}

/** The changes for people, a line each: `+ Cache  (CacheModule)`. */
export function changeLines({ added, removed, changed }: GraphChanges): string[] {
  return [
    ...partLines('-', removed),
    ...partLines('+', added),
    ...changed.nodes.map(({ before, after }) => `~ ${nodeText(before)}  now  ${nodeText(after)}`),
    ...changed.edges.map(({ before, after }) => `~ ${edgeText(before)}  now  ${after.kind}`)
  ]
}

function partLines(sign: string, { nodes, edges }: GraphParts): string[] {
  return [...nodes.map(nodeText), ...edges.map(edgeText)].map((text) => `${sign} ${text}`)
}

function difference<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (part: T) => string,
  textOf: (part: T) => string
): { added: T[]; removed: T[]; changed: { before: T; after: T }[] } {
  const old = new Map(before.map((part) => [keyOf(part), part]))
  const added: T[] = []
  const changed: { before: T; after: T }[] = []
  for (const part of after) {
    const known = old.get(keyOf(part))
    if (known === undefined) added.push(part)
    else if (textOf(known) !== textOf(part)) changed.push({ before: known, after: part })
    old.delete(keyOf(part))
  }
  return { added, removed: [...old.values()], changed }
}

function nodeText({ name, kind, module }: GraphNode): string {
  return `${name}${kind === undefined ? '' : `  «${kind}»`}${module === undefined ? '' : `  (${module})`}`
}

function edgeText({ from, to, kind }: GraphEdge): string {
  return `${from} → ${to}${kind === 'inject' ? '' : `  ${kind}`}`
}
