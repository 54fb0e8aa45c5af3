import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { closure, Digraph, findCycles, type IndexEdge } from '../../src/graph/index.js'
import { acyclicGraph, anyGraph, chain, isWalk, type PlainGraph } from './arbitrary-graphs.js'

const cycles = ({ size, edges }: PlainGraph) => findCycles(Digraph.of(size, edges))

test('knots that do not touch give one cycle each, in order of their lowest node', () => {
  const edges = [
    { from: 5, to: 4 },
    { from: 4, to: 5 },
    { from: 1, to: 3 },
    { from: 3, to: 1 },
    { from: 1, to: 5 },
    { from: 2, to: 2 }
  ]
  expect(cycles({ size: 6, edges })).toEqual([[1, 3], [2], [4, 5]])
})

test('of a knot the shortest cycle is shown, wherever it is', () => {
  const ring = [...chain(6), { from: 0, to: 5 }]
  expect(cycles({ size: 6, edges: [...ring, { from: 2, to: 4 }] })).toEqual([[2, 4, 3]])
})

test('of equally short ones that with the lowest node is shown', () => {
  const pair = (a: number, b: number) => [
    { from: a, to: b },
    { from: b, to: a }
  ]
  expect(cycles({ size: 3, edges: [...pair(1, 2), ...pair(0, 1)] })).toEqual([[0, 1]])
})

test('a cycle is written along its edges', () => {
  expect(
    cycles({
      size: 3,
      edges: [
        { from: 0, to: 2 },
        { from: 2, to: 1 },
        { from: 1, to: 0 }
      ]
    })
  ).toEqual([[0, 2, 1]])
})

test('a ring of 100,000 is found', () => {
  const [ring, ...more] = cycles({ size: 100_000, edges: [...chain(100_000), { from: 0, to: 99_999 }] })
  expect(ring).toHaveLength(100_000)
  expect(ring!.slice(0, 3)).toEqual([0, 99_999, 99_998])
  expect(more).toEqual([])
})

test('a chain of 100,000 has none', () => {
  expect(cycles({ size: 100_000, edges: chain(100_000) })).toEqual([])
})

test('a knot of 1,000 nodes and 10,000 edges costs no more than its budget', () => {
  const edges: IndexEdge[] = []
  for (let i = 0; i < 1000; i++) for (let d = 1; d <= 10; d++) edges.push({ from: i, to: (i + d) % 1000 })
  const [cycle] = cycles({ size: 1000, edges })
  expect(cycle).toHaveLength(100)
})

test('a graph without cycles has none', () => {
  fc.assert(
    fc.property(acyclicGraph, (plain) => {
      expect(cycles(plain)).toEqual([])
    })
  )
})

test('each knot of any graph gives exactly one cycle, and no cycle through its nodes is shorter', () => {
  fc.assert(
    fc.property(anyGraph, (plain) => {
      const graph = Digraph.of(plain.size, plain.edges)
      const reach = Array.from({ length: plain.size }, (_, node) => {
        const next = plain.edges.filter(({ from }) => from === node).map(({ to }) => to)
        return new Set(closure(graph, next, 'dependencies'))
      })
      const inCycle = [...reach.keys()].filter((node) => reach[node]!.has(node))
      const knotOf = (node: number) =>
        inCycle.find((other) => reach[node]!.has(other) && reach[other]!.has(node))!

      const found = findCycles(graph)
      expect(found.map(([first]) => knotOf(first!)).toSorted((a, b) => a - b)).toEqual(
        [...new Set(inCycle.map(knotOf))].toSorted((a, b) => a - b)
      )
      for (const cycle of found) {
        expect(isWalk(plain, [...cycle, cycle[0]!])).toBe(true)
        expect(cycle[0]).toBe(Math.min(...cycle))
        const others = inCycle.filter((node) => knotOf(node) === knotOf(cycle[0]!))
        expect(cycle.length).toBe(Math.min(...others.map((node) => girthThrough(plain, node))))
      }
    })
  )
})

function girthThrough({ edges }: PlainGraph, start: number): number {
  let ring = new Set([start])
  for (let length = 1; ; length++) {
    ring = new Set(edges.filter(({ from }) => ring.has(from)).map(({ to }) => to))
    if (ring.has(start)) return length
  }
}
