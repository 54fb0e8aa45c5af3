import * as fc from 'fast-check'
import type { IndexEdge } from '../../src/graph/index.js'

/** A graph as the tests write it down. */
export interface PlainGraph {
  readonly size: number
  readonly edges: readonly IndexEdge[]
}

const edgesAmong = (size: number): fc.Arbitrary<IndexEdge[]> =>
  size === 0
    ? fc.constant([])
    : fc.array(fc.record({ from: fc.nat(size - 1), to: fc.nat(size - 1) }), { maxLength: 3 * size })

/** Any directed graph, loops and repeated edges included. */
export const anyGraph: fc.Arbitrary<PlainGraph> = fc
  .nat(12)
  .chain((size) => edgesAmong(size).map((edges) => ({ size, edges })))

/** A graph without cycles, whose indexes are in no particular order. */
export const acyclicGraph: fc.Arbitrary<PlainGraph> = fc.nat(12).chain((size) =>
  fc
    .tuple(edgesAmong(size), fc.shuffledSubarray([...Array(size).keys()], { minLength: size }))
    .map(([edges, label]) => ({
      size,
      edges: edges
        .filter(({ from, to }) => from !== to)
        .map(({ from, to }) => ({ from: label[Math.max(from, to)]!, to: label[Math.min(from, to)]! }))
    }))
)

/** Node `i` needs node `i - 1`. */
export function chain(length: number): IndexEdge[] {
  return Array.from({ length: length - 1 }, (_, i) => ({ from: i + 1, to: i }))
}

/** Whether `path` walks along edges. */
export function isWalk({ edges }: PlainGraph, path: readonly number[]): boolean {
  return path.slice(1).every((to, i) => edges.some((edge) => edge.from === path[i] && edge.to === to))
}
