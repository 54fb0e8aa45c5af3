import type { GraphView } from '../../src/graph/index.js'

/** Every kind of edge, shared nodes, two modules, states, a lazy edge that closes a cycle. */
export const shop: GraphView = {
  name: 'Shop',
  nodes: [
    { name: 'Gateway', state: 'running', module: 'WebModule' },
    { name: 'Orders', state: 'backoff', module: 'OrdersModule' },
    { name: 'Billing', state: 'running', module: 'OrdersModule' },
    { name: 'Database', state: 'running' },
    { name: 'Migrations', state: 'stopped' },
    { name: 'Mailer', state: 'crashed' },
    { name: 'Workers', state: 'starting', kind: 'supervisor', module: 'OrdersModule' },
    { name: 'Workers/Packer', state: 'waiting' },
    { name: 'Lonely' }
  ],
  edges: [
    { from: 'Gateway', to: 'Orders', kind: 'inject' },
    { from: 'Gateway', to: 'Billing', kind: 'inject' },
    { from: 'Orders', to: 'Database', kind: 'inject' },
    { from: 'Orders', to: 'Migrations', kind: 'depends-on' },
    { from: 'Orders', to: 'Billing', kind: 'lazy' },
    { from: 'Billing', to: 'Database', kind: 'inject' },
    { from: 'Billing', to: 'Mailer', kind: 'wanted' },
    { from: 'Billing', to: 'Gateway', kind: 'lazy' },
    { from: 'Workers', to: 'Orders', kind: 'inject' },
    { from: 'Workers', to: 'Orders', kind: 'inject' },
    { from: 'Workers', to: 'Workers/Packer', kind: 'child' }
  ]
}

/** Names that each of the languages could stumble over. */
export const awkward: GraphView = {
  name: '"Quoted" & <b>bold</b>: {x}',
  nodes: [
    { name: 'say "hi"' },
    { name: 'back\\slash\\n' },
    { name: 'two\nlines\tand\u001b[31mred' },
    { name: 'end', module: 'mod "ule]' },
    { name: '`**md**` #1; %%{init: {}}%%', kind: 'kind>', state: 'class' },
    { name: 'Käse 🧀 | pipe' },
    { name: 'right\u202eleft' }
  ],
  edges: [
    { from: 'say "hi"', to: 'back\\slash\\n', kind: 'inject' },
    { from: 'back\\slash\\n', to: 'two\nlines\tand\u001b[31mred', kind: 'wanted' },
    { from: 'end', to: '`**md**` #1; %%{init: {}}%%', kind: 'lazy' },
    { from: 'end', to: 'only an edge says so', kind: 'child' }
  ]
}

/** Two knots that nothing outside leads to, one of them a node that needs itself. */
export const knotted: GraphView = {
  nodes: [{ name: 'A' }, { name: 'B' }, { name: 'Self' }],
  edges: [
    { from: 'A', to: 'B', kind: 'inject' },
    { from: 'B', to: 'A', kind: 'inject' },
    { from: 'Self', to: 'Self', kind: 'inject' }
  ]
}

export const empty: GraphView = { nodes: [], edges: [] }

/** `Node1` needs `Node2` and so on. */
export function chainView(length: number): GraphView {
  return {
    nodes: Array.from({ length }, (_, i) => ({ name: `Node${i + 1}` })),
    edges: Array.from({ length: length - 1 }, (_, i) => ({
      from: `Node${i + 1}`,
      to: `Node${i + 2}`,
      kind: 'inject' as const
    }))
  }
}
