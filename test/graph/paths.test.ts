import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closure, criticalPath, Digraph, pathFromRoot } from '../../src/graph/index.js'
import { acyclicGraph, anyGraph, chain, isWalk } from './arbitrary-graphs.js'

// 0 → 1 → 3, 0 → 2 → 3, 3 → 4
const diamond = Digraph.of(5, [
  { from: 0, to: 1 },
  { from: 0, to: 2 },
  { from: 1, to: 3 },
  { from: 2, to: 3 },
  { from: 3, to: 4 }
])

describe('criticalPath', () => {
  test('of a graph with a cycle is refused', () => {
    expect(() => criticalPath(Digraph.of(1, [{ from: 0, to: 0 }]))).toThrow('the graph has a cycle: 0 → 0')
  })

  test('of nothing is empty', () => expect(criticalPath(Digraph.of(0, []))).toEqual([]))

  test('is the deepest chain without weights, in start order', () => {
    expect(criticalPath(diamond)).toEqual([4, 3, 1, 0])
  })

  test('is the heaviest chain, however short', () => {
    expect(criticalPath(diamond, [0, 1, 2, 0, 0])).toEqual([4, 3, 2, 0])
    expect(criticalPath(Digraph.of(3, [{ from: 0, to: 1 }]), [1, 1, 5])).toEqual([2])
  })

  test('falls back to depth when nothing took any time', () => {
    expect(criticalPath(diamond, [0, undefined, Number.NaN, -5, 0])).toEqual([4, 3, 1, 0])
  })

  test('of any graph weighs as much as the heaviest walk to its end', () => {
    fc.assert(
      fc.property(acyclicGraph, fc.array(fc.nat(5), { minLength: 12, maxLength: 12 }), (plain, weights) => {
        const { size, edges } = plain
        const path = criticalPath(Digraph.of(size, edges), weights)
        const weight = (nodes: readonly number[]) => nodes.reduce((sum, node) => sum + weights[node]!, 0)
        const heaviest = (node: number): number =>
          weights[node]! +
          Math.max(0, ...edges.filter(({ from }) => from === node).map(({ to }) => heaviest(to)))
        expect(isWalk(plain, path.toReversed())).toBe(true)
        expect(weight(path)).toBe(Math.max(0, ...[...Array(size).keys()].map(heaviest)))
      })
    )
  })
})

describe('closure', () => {
  test('has the starts and everything one way, ascending', () => {
    expect(closure(diamond, [3], 'dependencies')).toEqual([3, 4])
    expect(closure(diamond, [2], 'dependants')).toEqual([0, 2])
    expect(closure(diamond, [4, 1], 'dependants')).toEqual([0, 1, 2, 3, 4])
    expect(closure(diamond, [], 'dependants')).toEqual([])
  })

  test('of 100,000 in a chain is all of them', () => {
    expect(closure(Digraph.of(100_000, chain(100_000)), [0], 'dependants')).toHaveLength(100_000)
  })

  test('is the least set that has its starts and is closed', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(11), ({ size, edges }, start) => {
        fc.pre(start < size)
        const expected = new Set([start])
        for (let i = 0; i < size; i++)
          for (const { from, to } of edges) if (expected.has(to)) expected.add(from)
        const found = closure(Digraph.of(size, edges), [start], 'dependants')
        expect(found).toEqual([...expected].toSorted((a, b) => a - b))
      })
    )
  })
})

describe('pathFromRoot', () => {
  test('of a node that only a cycle leads to is the node alone', () => {
    const graph = Digraph.of(3, [
      { from: 0, to: 1 },
      { from: 1, to: 0 },
      { from: 1, to: 2 }
    ])
    expect(pathFromRoot(graph, 2)).toEqual([2])
  })

  test('leads down from what nothing depends on', () => {
    expect(pathFromRoot(diamond, 4)).toEqual([0, 1, 3, 4])
    expect(pathFromRoot(diamond, 0)).toEqual([0])
  })

  test('is the shortest way', () => {
    const graph = Digraph.of(4, [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 3, to: 2 }
    ])
    expect(pathFromRoot(graph, 2)).toEqual([3, 2])
  })

  test('passes 100,000 nodes', () => {
    expect(pathFromRoot(Digraph.of(100_000, chain(100_000)), 0)).toHaveLength(100_000)
  })

  test('of any graph walks along edges from a root, if there is one above', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(11), (plain, node) => {
        fc.pre(node < plain.size)
        const graph = Digraph.of(plain.size, plain.edges)
        const isRoot = (n: number) => plain.edges.every(({ to }) => to !== n)
        const path = pathFromRoot(graph, node)
        expect(path.at(-1)).toBe(node)
        expect(isWalk(plain, path)).toBe(true)
        const hasRoot = closure(graph, [node], 'dependants').some(isRoot)
        expect(hasRoot ? isRoot(path[0]!) : path.length === 1).toBe(true)
      })
    )
  })
})
