/** The edges of every node in one direction, as compressed rows: those of node `n` are `targets[offsets[n] .. offsets[n + 1]]`. */
export interface Adjacency {
  readonly offsets: Int32Array
  readonly targets: Int32Array
}

/** Which way to walk: towards what a node needs, or towards what needs it. */
export type Direction = 'dependencies' | 'dependants'

/** One edge between two node indexes: `from` needs `to`. */
export interface IndexEdge {
  readonly from: number
  readonly to: number
}

/**
 * A directed graph over the indexes `0 .. size - 1`, immutable, held in typed arrays.
 *
 * Rows keep the order in which edges were given. An edge given twice is kept twice, one from a node to itself
 * is a cycle of length one.
 *
 * @throws RangeError when an edge names an index outside the graph
 */
export class Digraph {
  readonly size: number
  readonly edgeCount: number
  readonly dependencies: Adjacency
  readonly dependants: Adjacency

  /**
   * @param size - number of nodes
   * @param from - the dependant of each edge
   * @param to - the dependency of each edge, at the same position
   */
  constructor(size: number, from: ArrayLike<number>, to: ArrayLike<number>) {
    if (from.length !== to.length)
      throw new RangeError(`${from.length} edge starts but ${to.length} edge ends`)
    this.size = size
    this.edgeCount = from.length
    this.dependencies = rows(size, from, to)
    this.dependants = rows(size, to, from)
  }

  /** Builds the graph from edge objects. */
  static of(size: number, edges: readonly IndexEdge[]): Digraph {
    const from = new Int32Array(edges.length)
    const to = new Int32Array(edges.length)
    for (let i = 0; i < edges.length; i++) {
      from[i] = edges[i]!.from
      to[i] = edges[i]!.to
    }
    return new Digraph(size, from, to)
  }

  /** The direct neighbours of `node`, in the order in which their edges were given; a view, not a copy. */
  neighbours(node: number, direction: Direction): Int32Array {
    const { offsets, targets } = this[direction]
    return targets.subarray(offsets[node], offsets[node + 1])
  }
}

// a counting sort by edge start: linear, and it keeps the order within a row
function rows(size: number, from: ArrayLike<number>, to: ArrayLike<number>): Adjacency {
  const offsets = new Int32Array(size + 1)
  for (let i = 0; i < from.length; i++) {
    const node = from[i]!
    if (!(node >= 0 && node < size))
      throw new RangeError(`edge ${i} names node ${node} of a graph of ${size}`)
    offsets[node + 1]!++
  }
  for (let node = 0; node < size; node++) offsets[node + 1]! += offsets[node]!

  const targets = new Int32Array(from.length)
  const next = offsets.slice(0, size)
  for (let i = 0; i < from.length; i++) targets[next[from[i]!]!++] = to[i]!
  return { offsets, targets }
}
