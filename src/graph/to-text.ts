import type { EdgeKind, GraphNode, GraphView } from './graph-view.js'
import { type IndexedEdge, type IndexedView, indexView } from './index-view.js'
import { printable } from './printable.js'

// Deeper nodes are drawn as a tree of their own further down: no line grows without bound, however long a chain is
const MAX_DEPTH = 24

const strokes: Record<EdgeKind, string> = {
  inject: '─',
  'depends-on': '─',
  wanted: '┄',
  lazy: '┄',
  child: '·'
}

/**
 * Draws the graph as trees for people: what nothing depends on stands at the left edge, below each node what it
 * needs and owns.
 *
 * A node is expanded once; elsewhere `↑` or `↓` says where to look for it. Lazy edges are shown, never expanded.
 *
 * ```text
 * Reader  running
 * ├─ Feed  running
 * │  └─ Socket  running
 * └┄ Mailer ↓  (lazy)
 * Mailer  running
 * └─ Socket ↑
 *
 * ↑ shown above   ↓ shown below
 * ```
 */
export function toText(view: GraphView): string {
  const trees = new TreeText(indexView(view))
  if (view.name !== undefined) trees.lines.push(printable(view.name), '')
  trees.draw()
  return `${trees.lines.join('\n')}\n`
}

interface Frame {
  readonly edges: readonly IndexedEdge[]
  readonly prefix: string
  next: number
}

class TreeText {
  readonly lines: string[] = []
  readonly #nodes: readonly GraphNode[]
  readonly #below: readonly (readonly IndexedEdge[])[]
  readonly #roots: readonly number[]
  readonly #drawn: Uint8Array
  readonly #later: number[] = []
  readonly #marks = new Set<string>()

  constructor({ nodes, edges }: IndexedView) {
    const below: IndexedEdge[][] = nodes.map(() => [])
    const needed = new Uint8Array(nodes.length)
    for (const edge of edges) {
      below[edge.from]!.push(edge)
      if (edge.kind !== 'lazy') needed[edge.to] = 1
    }
    this.#nodes = nodes
    this.#below = below
    this.#roots = [...nodes.keys()].filter((position) => needed[position] === 0)
    this.#drawn = new Uint8Array(nodes.length)
  }

  draw(): void {
    if (this.#nodes.length === 0) this.lines.push('(empty)')
    for (const root of this.#roots) this.#tree(root)
    // `#later` grows while it is walked
    for (const node of this.#later) this.#tree(node)
    // what is left hangs on a cycle alone
    for (const node of this.#nodes.keys()) this.#tree(node)
    const legend = [
      ...(this.#marks.has('↑') ? ['↑ shown above'] : []),
      ...(this.#marks.has('↓') ? ['↓ shown below'] : [])
    ]
    if (legend.length > 0) this.lines.push('', legend.join('   '))
  }

  #tree(root: number): void {
    if (this.#drawn[root] === 1) return
    this.lines.push(this.#described(root))
    const path: Frame[] = [{ edges: this.#below[root]!, prefix: '', next: 0 }]
    while (path.length > 0) {
      const frame = path.at(-1)!
      const edge = frame.edges[frame.next++]
      if (edge === undefined) {
        path.pop()
        continue
      }
      const last = frame.next === frame.edges.length
      const kind = edge.kind === 'inject' ? '' : `  (${edge.kind})`
      const start = `${frame.prefix}${last ? '└' : '├'}${strokes[edge.kind]} `
      const mark = this.#mark(edge, path.length)
      if (mark !== undefined) {
        this.lines.push(`${start}${printable(this.#nodes[edge.to]!.name)} ${mark}${kind}`)
        continue
      }
      this.lines.push(`${start}${this.#described(edge.to)}${kind}`)
      path.push({ edges: this.#below[edge.to]!, prefix: `${frame.prefix}${last ? ' ' : '│'}  `, next: 0 })
    }
  }

  /** Where the node of this edge stands when it is not drawn here. */
  #mark({ to, kind }: IndexedEdge, depth: number): '↑' | '↓' | undefined {
    let mark: '↑' | '↓' | undefined
    if (this.#drawn[to] === 1) mark = '↑'
    else if (kind === 'lazy') mark = '↓'
    else if (depth >= MAX_DEPTH && this.#below[to]!.length > 0) {
      this.#later.push(to)
      mark = '↓'
    }
    if (mark !== undefined) this.#marks.add(mark)
    return mark
  }

  #described(position: number): string {
    this.#drawn[position] = 1
    const { name, kind, state } = this.#nodes[position]!
    let text = printable(name)
    if (kind !== undefined && kind !== 'service') text += ` «${printable(kind)}»`
    return state === undefined ? text : `${text}  ${printable(state)}`
  }
}
