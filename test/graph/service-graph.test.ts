import { describe, expect, test, vi } from 'vitest'
import { createServiceGraph, type GraphEdge, type GraphNode } from '../../src/graph/index.js'
import { shop } from './example-graphs.js'

const { name, nodes, edges } = shop as Required<typeof shop>
const isChild = ({ name: node }: GraphNode) => node.includes('/')
const services = nodes.filter((node) => !isChild(node))
const serviceEdges = edges.filter(({ kind }) => kind !== 'child')
const children = () => ({ nodes: nodes.filter(isChild), edges: edges.filter(({ kind }) => kind === 'child') })
const graph = createServiceGraph({ name, nodes: services, edges: serviceEdges, children })

describe('a name that the graph does not have', () => {
  test('is refused with the names that were perhaps meant', () => {
    expect(() => graph.dependenciesOf('Databse')).toThrow(
      expect.objectContaining({
        name: 'LifecycleError',
        code: 'KEEL_UNKNOWN_TOKEN',
        message: expect.stringContaining("the graph has no service named 'Databse'"),
        hint: "Did you mean 'Database'?"
      })
    )
  })

  test('is refused with a place to look when nothing is near', () => {
    expect(() => graph.dependentsOf('Xylophone')).toThrow(
      expect.objectContaining({
        code: 'KEEL_UNKNOWN_TOKEN',
        hint: expect.stringContaining('graph.nodes lists all 9 names')
      })
    )
  })

  test('is refused when it is no name', () => {
    class Database {}
    for (const given of [Database, undefined, Symbol('s')])
      expect(() => graph.dependenciesOf(given as never)).toThrow(
        expect.objectContaining({
          code: 'KEEL_UNKNOWN_TOKEN',
          hint: expect.stringContaining('app.service(TheClass).name')
        })
      )
  })

  test('is found out even when it is a member of every object', () => {
    expect(() => graph.dependenciesOf('constructor')).toThrow("no service named 'constructor'")
    expect(() => graph.dependenciesOf('__proto__')).toThrow("no service named '__proto__'")
  })
})

test('an edge that leads nowhere is an error of whoever made the graph', () => {
  const broken = createServiceGraph({
    nodes: [{ name: 'A' }],
    edges: [{ from: 'A', to: 'B', kind: 'inject' }]
  })
  expect(() => broken.startOrder()).toThrow("an edge names 'B', which is not among the nodes")
})

test('startOrder puts dependencies first and leaves out children', () => {
  expect(graph.startOrder()).toEqual([
    'Database',
    'Migrations',
    'Orders',
    'Mailer',
    'Billing',
    'Gateway',
    'Workers',
    'Lonely'
  ])
})

test('levels group what depends on the same depth', () => {
  expect(graph.levels()).toEqual([
    ['Database', 'Migrations', 'Mailer', 'Lonely'],
    ['Orders', 'Billing'],
    ['Gateway', 'Workers']
  ])
})

test('dependenciesOf has what is injected, named by @DependsOn and wanted, each once, not what is lazy or a child', () => {
  expect(graph.dependenciesOf('Orders')).toEqual(['Database', 'Migrations'])
  expect(graph.dependenciesOf('Billing')).toEqual(['Database', 'Mailer'])
  expect(graph.dependenciesOf('Workers')).toEqual(['Orders'])
})

test('dependentsOf goes the other way', () => {
  expect(graph.dependentsOf('Database')).toEqual(['Orders', 'Billing'])
  expect(graph.dependentsOf('Billing')).toEqual(['Gateway'])
  expect(graph.dependentsOf('Gateway')).toEqual([])
})

describe('a child', () => {
  const living: { nodes: GraphNode[]; edges: GraphEdge[] } = {
    nodes: [{ name: 'Gateway/Session' }],
    edges: [
      { from: 'Gateway', to: 'Gateway/Session', kind: 'child' },
      { from: 'Gateway/Session', to: 'Database', kind: 'inject' },
      { from: 'Gateway/Session', to: 'Mailer', kind: 'lazy' }
    ]
  }
  const withChild = createServiceGraph({ nodes: services, edges: serviceEdges, children: () => living })

  test('is among the nodes, the edges and the pictures', () => {
    expect(withChild.nodes.at(-1)).toEqual({ name: 'Gateway/Session' })
    expect(withChild.edges).toContainEqual({ from: 'Gateway', to: 'Gateway/Session', kind: 'child' })
    expect(withChild.toText()).toContain('└· Gateway/Session  (child)')
  })

  test("tells its own dependencies but is nobody's dependant", () => {
    expect(withChild.dependenciesOf('Gateway/Session')).toEqual(['Database'])
    expect(withChild.dependentsOf('Gateway/Session')).toEqual([])
    expect(withChild.dependentsOf('Database')).toEqual(['Orders', 'Billing'])
    expect(withChild.dependenciesOf('Gateway')).toEqual(['Orders', 'Billing'])
  })

  test('is gone when it is gone', () => {
    let now = living
    const changing = createServiceGraph({ nodes: services, edges: serviceEdges, children: () => now })
    expect(changing.nodes).toHaveLength(services.length + 1)
    now = { nodes: [], edges: [] }
    expect(changing.nodes).toHaveLength(services.length)
    expect(() => changing.dependenciesOf('Gateway/Session')).toThrow('no service named')
  })
})

describe('criticalPath', () => {
  test('goes by depth before anything was measured', () => {
    const path = ['Database', 'Orders', 'Gateway']
    expect(createServiceGraph({ nodes: services, edges: serviceEdges }).criticalPath()).toEqual(path)
    const unmeasured = createServiceGraph({ nodes: services, edges: serviceEdges, weights: () => undefined })
    expect(unmeasured.criticalPath()).toEqual(path)
  })

  test('goes by the measured times afterwards', () => {
    const weights = new Map([
      ['Mailer', 50],
      ['Database', 30],
      ['Billing', 5],
      ['Orders', 10]
    ])
    const measured = createServiceGraph({ nodes: services, edges: serviceEdges, weights: () => weights })
    expect(measured.criticalPath()).toEqual(['Mailer', 'Billing', 'Gateway'])
  })
})

test('states are those of the moment', () => {
  let state = 'init'
  const live = createServiceGraph({
    nodes: services,
    edges: [],
    state: (node) => (node === 'Orders' ? state : undefined)
  })
  expect(live.nodes.find((node) => node.name === 'Orders')).toMatchObject({
    state: 'init',
    module: 'OrdersModule'
  })
  state = 'running'
  expect(live.toText()).toContain('Orders  running')
  expect(live.nodes.find((node) => node.name === 'Gateway')?.state).toBe('running')
})

test('pictures are those of the whole view', () => {
  const whole = createServiceGraph({ name: 'Shop', nodes, edges: edges })
  expect(JSON.parse(JSON.stringify(whole))).toEqual({ version: 1, ...shop })
  expect(whole.toDot()).toContain('digraph "Shop" {')
  expect(whole.toMermaid()).toContain('flowchart TD')
  expect(graph.toText()).toMatch(/^Shop\n/)
})

test('making one reads nothing', () => {
  const read = vi.fn<(key: PropertyKey) => void>()
  const source = new Proxy(
    { nodes: services, edges: serviceEdges },
    { get: (target, key, receiver) => (read(key), Reflect.get(target, key, receiver)) }
  )
  const untouched = createServiceGraph(source)
  expect(read).not.toHaveBeenCalled()
  expect(untouched.startOrder()).toHaveLength(services.length)
  expect(read).toHaveBeenCalled()
})
