import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConstructionQueue } from '../../src/wiring/construction-queue.js'
import { ModuleNode } from '../../src/wiring/module-node.js'
import { orderGraph, orderNodes } from '../../src/wiring/order-nodes.js'
import { ProviderNode } from '../../src/wiring/provider-node.js'

const home = new ModuleNode({ name: 'Home' })

/** Nodes of which each needs some of those with a lower number. */
function graphOf(needs: readonly (readonly number[])[]): ProviderNode[] {
  const nodes = needs.map((_, index) => {
    const node = new ProviderNode({
      source: { kind: 'value', value: index },
      lifetime: 'singleton',
      label: `n${index}`,
      homes: [home]
    })
    node.index = index
    return node
  })
  for (const [index, node] of nodes.entries()) {
    const targets = needs[index]!.map((need) => nodes[need]!)
    node.parameters = [
      {
        request: { token: 'x', optional: false, all: true, lazy: false },
        kind: 'inject',
        at: 'inject',
        token: 'x',
        targets,
        failure: undefined,
        transform: undefined
      }
    ]
  }
  return nodes
}

const graphs = fc
  .integer({ min: 1, max: 30 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        index === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 4 })
      )
    )
  )

describe('the queue of construction', () => {
  it('gives each node once, after all that it needs, whenever and in which order these settle', () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), fc.nat(), (needs, choices, added) => {
        const nodes = graphOf(needs)
        const first = added % (nodes.length + 1)
        const planned = nodes.slice(0, first)
        const queue = new ConstructionQueue(planned, orderGraph(planned))
        const settled = new Set<number>()
        const given: number[] = []
        const open: ProviderNode[] = []
        let rest = nodes.slice(first)
        while (settled.size < nodes.length) {
          const node = queue.next()
          if (node !== undefined) {
            given.push(node.index)
            expect(needs[node.index]!.every((need) => settled.has(need))).toBe(true)
            open.push(node)
          }
          const choice = choices.next().value
          if (node === undefined || choice % 2 === 0) {
            const [done] = open.splice(choice % Math.max(open.length, 1), 1)
            if (done !== undefined) {
              settled.add(done.index)
              queue.settle(done)
            }
          }
          if (rest.length > 0 && (node === undefined || choice % 3 === 0)) {
            queue.add(rest)
            rest = []
          }
        }
        expect(given.toSorted((a, b) => a - b)).toEqual(nodes.map((node) => node.index))
        expect(queue.isDone).toBe(true)
        expect(queue.next()).toBeUndefined()
      })
    )
  })

  it('keeps a possible order as it is when each settles at once', () => {
    fc.assert(
      fc.property(graphs, (needs) => {
        const nodes = graphOf(needs)
        const { order } = orderNodes([], nodes)
        const queue = new ConstructionQueue(order, orderGraph(nodes))
        const given: ProviderNode[] = []
        for (let node = queue.next(); node !== undefined; node = queue.next()) {
          given.push(node)
          queue.settle(node)
        }
        expect(given).toEqual(order)
      })
    )
  })

  it('is not done while the rest wait for each other', () => {
    const [a, b] = graphOf([[], [0]])
    a!.parameters[0]!.targets = [b!]
    const queue = new ConstructionQueue([a!, b!], orderGraph([a!, b!]))
    expect(queue.next()).toBeUndefined()
    expect(queue.isDone).toBe(false)
  })
})
