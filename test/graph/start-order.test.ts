import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Digraph, levels, startOrder } from '../../src/graph/index.js'
import { acyclicGraph, anyGraph, chain, isWalk } from './arbitrary-graphs.js'

const order = (size: number, edges: [number, number][]) =>
  startOrder(
    Digraph.of(
      size,
      edges.map(([from, to]) => ({ from, to }))
    )
  )

describe('a graph with a cycle', () => {
  test('has no order but a cycle', () => {
    expect(
      order(3, [
        [0, 1],
        [1, 2],
        [2, 0]
      ])
    ).toEqual({ order: undefined, cycle: [0, 1, 2] })
  })

  test('shows the cycle and not what merely hangs on it', () => {
    expect(
      order(4, [
        [0, 1],
        [1, 2],
        [2, 1],
        [2, 3]
      ]).cycle
    ).toEqual([1, 2])
  })

  test('may be a node that needs itself', () => {
    expect(order(2, [[1, 1]]).cycle).toEqual([1])
  })

  test('has no levels either', () => {
    const graph = Digraph.of(2, [
      { from: 0, to: 1 },
      { from: 1, to: 0 }
    ])
    expect(() => levels(graph)).toThrow('the graph has a cycle: 0 → 1 → 0')
  })
})

test('an edge out of the graph is refused', () => {
  expect(() => order(2, [[0, 2]])).toThrow(new RangeError('edge 0 names node 2 of a graph of 2'))
  expect(() =>
    order(2, [
      [0, 1],
      [-1, 0]
    ])
  ).toThrow('edge 1 names node -1')
  expect(() => new Digraph(2, [0], [])).toThrow('1 edge starts but 0 edge ends')
})

test('an empty graph has an empty order', () => {
  expect(order(0, []).order).toEqual(new Int32Array())
})

test('dependencies come first', () => {
  expect([
    ...order(3, [
      [0, 1],
      [1, 2]
    ]).order!
  ]).toEqual([2, 1, 0])
})

test('an order that was right already stays', () => {
  expect([
    ...order(4, [
      [1, 0],
      [3, 2]
    ]).order!
  ]).toEqual([0, 1, 2, 3])
})

test('what has to wait comes as soon as it may', () => {
  // 0 needs 3: it follows 3 at once, before 4
  expect([...order(5, [[0, 3]]).order!]).toEqual([1, 2, 3, 0, 4])
})

test('an edge given twice counts as one', () => {
  expect([
    ...order(2, [
      [0, 1],
      [0, 1]
    ]).order!
  ]).toEqual([1, 0])
})

test('a chain of 100,000 is sorted, either way round', () => {
  const edges = chain(100_000)
  const up = startOrder(Digraph.of(100_000, edges)).order!
  const down = startOrder(
    Digraph.of(
      100_000,
      edges.map(({ from, to }) => ({ from: to, to: from }))
    )
  ).order!
  expect([up[0], up[99_999]]).toEqual([0, 99_999])
  expect([down[0], down[99_999]]).toEqual([99_999, 0])
})

test('levels follow the longest way down', () => {
  const graph = Digraph.of(5, [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 0, to: 2 },
    { from: 3, to: 4 }
  ])
  expect(levels(graph)).toEqual([[2, 4], [1, 3], [0]])
  expect(levels(Digraph.of(0, []))).toEqual([])
})

describe('for any graph', () => {
  test('without a cycle the order is the lowest possible one', () => {
    fc.assert(
      fc.property(acyclicGraph, ({ size, edges }) => {
        const left = new Set(Array(size).keys())
        const lowest: number[] = []
        while (left.size > 0) {
          const next = [...left].find((node) => !edges.some(({ from, to }) => from === node && left.has(to)))!
          left.delete(next)
          lowest.push(next)
        }
        expect([...startOrder(Digraph.of(size, edges)).order!]).toEqual(lowest)
      })
    )
  })

  test('there is either an order or a cycle', () => {
    fc.assert(
      fc.property(anyGraph, (plain) => {
        const { order: found, cycle } = startOrder(Digraph.of(plain.size, plain.edges))
        const place = new Map([...(found ?? [])].map((node, i) => [node, i]))
        const sound =
          cycle === undefined
            ? place.size === plain.size &&
              plain.edges.every(({ from, to }) => place.get(to)! < place.get(from)!)
            : isWalk(plain, [...cycle, cycle[0]!])
        expect(sound).toBe(true)
      })
    )
  })

  test('a level is one above the highest level it needs', () => {
    fc.assert(
      fc.property(acyclicGraph, ({ size, edges }) => {
        const level = new Map(
          levels(Digraph.of(size, edges)).flatMap((nodes, l) => nodes.map((node) => [node, l]))
        )
        for (let node = 0; node < size; node++) {
          const below = edges.filter(({ from }) => from === node).map(({ to }) => level.get(to)! + 1)
          expect(level.get(node)).toBe(Math.max(0, ...below))
        }
      })
    )
  })
})
