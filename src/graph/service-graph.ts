import { LifecycleError, nearNames, show } from '../errors/index.js'
import { criticalPath } from './critical-path.js'
import { Digraph, type Direction } from './digraph.js'
import { decidesOrder, type GraphEdge, type GraphNode, type GraphView } from './graph-view.js'
import { levels } from './levels.js'
import { acyclicOrder } from './start-order.js'
import { toDot } from './to-dot.js'
import { type GraphJSON, toJSON } from './to-json.js'
import { toMermaid } from './to-mermaid.js'
import { toText } from './to-text.js'

/**
 * The services of an application and what leads from one to another, for people and tools.
 *
 * Children are among {@link nodes} and {@link edges}, and in the pictures, while they live. The questions about
 * order, `startOrder()` and those after it, are about the services that the application itself constructed.
 *
 * @example
 * ```ts
 * console.log(app.graph.toText())
 * app.graph.dependentsOf('Database')    // ['Orders', 'Billing']
 * ```
 */
export interface ServiceGraph {
  /** In the order in which they were found, then the children. */
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** Each service after all that it depends on; ties in the order in which they were found. */
  startOrder(): string[]
  /** Those that depend on nothing, then those that need only the former, and so on. */
  levels(): string[][]
  /**
   * What it depends on directly: injected, by `@DependsOn`, or wanted; not lazily.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when the graph has no such name
   */
  dependenciesOf(name: string): string[]
  /**
   * What depends on it directly: injected, by `@DependsOn`, or wanted; not lazily, and without children.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when the graph has no such name
   */
  dependentsOf(name: string): string[]
  /** The chain that the start had to wait for, in start order: by measured times once started, before by depth. */
  criticalPath(): string[]
  /** For Graphviz. */
  toDot(): string
  /** For Markdown. */
  toMermaid(): string
  /** As trees, for a terminal. */
  toText(): string
  /** For other tools; `JSON.stringify` uses it. */
  toJSON(): GraphJSON
}

/** What a {@link ServiceGraph} is made from. Functions are asked anew each time, so that they can tell what is now. */
export interface ServiceGraphSource {
  readonly name?: string
  /** What the application constructed; names are unique. */
  readonly nodes: readonly GraphNode[]
  /** Without cycles among the kinds that decide the order; both ends are among `nodes`. */
  readonly edges: readonly GraphEdge[]
  /** How long each service took to start by itself; `undefined` as long as nothing was measured. */
  readonly weights?: () => ReadonlyMap<string, number> | undefined
  /** The children that live now, with the edges that lead to and from them. */
  readonly children?: () => { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  /** The present state of a node, over what `nodes` says. */
  readonly state?: (name: string) => string | undefined
}

/** Makes a {@link ServiceGraph}. Costs nothing until it is asked something. */
export function createServiceGraph(source: ServiceGraphSource): ServiceGraph {
  return new LiveServiceGraph(source)
}

interface Ordered {
  readonly positions: ReadonlyMap<string, number>
  readonly graph: Digraph
}

class LiveServiceGraph implements ServiceGraph {
  readonly #source: ServiceGraphSource
  #ordered: Ordered | undefined

  constructor(source: ServiceGraphSource) {
    this.#source = source
  }

  get nodes(): readonly GraphNode[] {
    const { nodes, children, state } = this.#source
    const all = children === undefined ? nodes : [...nodes, ...children().nodes]
    if (state === undefined) return all
    return all.map((node) => {
      const now = state(node.name)
      return now === undefined ? node : { ...node, state: now }
    })
  }

  get edges(): readonly GraphEdge[] {
    const { edges, children } = this.#source
    return children === undefined ? edges : [...edges, ...children().edges]
  }

  startOrder(): string[] {
    return this.#names(acyclicOrder(this.#order().graph))
  }

  levels(): string[][] {
    return levels(this.#order().graph).map((level) => this.#names(level))
  }

  dependenciesOf(name: string): string[] {
    return this.#neighbours(name, 'dependencies')
  }

  dependentsOf(name: string): string[] {
    return this.#neighbours(name, 'dependants')
  }

  criticalPath(): string[] {
    const measured = this.#source.weights?.()
    const weights = measured && this.#source.nodes.map(({ name }) => measured.get(name))
    return this.#names(criticalPath(this.#order().graph, weights))
  }

  toDot(): string {
    return toDot(this.#view())
  }

  toMermaid(): string {
    return toMermaid(this.#view())
  }

  toText(): string {
    return toText(this.#view())
  }

  toJSON(): GraphJSON {
    return toJSON(this.#view())
  }

  #view(): GraphView {
    const { name } = this.#source
    const view = { nodes: this.nodes, edges: this.edges }
    return name === undefined ? view : { name, ...view }
  }

  #order(): Ordered {
    return (this.#ordered ??= ordered(this.#source))
  }

  #names(positions: Iterable<number>): string[] {
    return Array.from(positions, (position) => this.#source.nodes[position]!.name)
  }

  #neighbours(name: string, direction: Direction): string[] {
    if (typeof name !== 'string') throw noName(name)
    const { graph, positions } = this.#order()
    const position = positions.get(name)
    if (position !== undefined) return this.#names(new Set(graph.neighbours(position, direction)))

    const children = this.#source.children?.()
    if (!children?.nodes.some((child) => child.name === name)) throw this.#unknown(name)
    if (direction === 'dependants') return []
    const own = children.edges.filter(({ from, kind }) => from === name && decidesOrder(kind))
    return [...new Set(own.map(({ to }) => to))]
  }

  #unknown(name: string): LifecycleError {
    const names = this.nodes.map((node) => node.name)
    const near = nearNames(name, names).map((candidate) => `'${candidate}'`)
    return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
      message: `the graph has no service named '${name}'`,
      hint:
        near.length > 0
          ? `Did you mean ${near.join(' or ')}?`
          : `graph.nodes lists all ${names.length} names; a service is named after its class unless it says otherwise.`
    })
  }
}

function noName(given: unknown): LifecycleError {
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `the graph knows services by name, and was asked for ${show(given)}`,
    hint: 'Give the name, which app.service(TheClass).name tells; graph.nodes lists all.'
  })
}

function ordered({ nodes, edges }: ServiceGraphSource): Ordered {
  const positions = new Map<string, number>()
  for (const [position, { name }] of nodes.entries()) positions.set(name, position)
  const from: number[] = []
  const to: number[] = []
  for (const edge of edges) {
    if (!decidesOrder(edge.kind)) continue
    from.push(positionOf(positions, edge.from))
    to.push(positionOf(positions, edge.to))
  }
  return { positions, graph: new Digraph(nodes.length, from, to) }
}

function positionOf(positions: ReadonlyMap<string, number>, name: string): number {
  const position = positions.get(name)
  if (position === undefined) throw new RangeError(`an edge names '${name}', which is not among the nodes`)
  return position
}
