import type { EdgeKind, GraphNode, GraphView } from './graph-view.js'
import { groupByModule } from './group-by-module.js'
import { indexView } from './index-view.js'
import { labelLines, printable } from './printable.js'
import { stateColours } from './state-colours.js'

const edgeStyles: Record<EdgeKind, string> = {
  inject: '',
  'depends-on': ' [label="depends-on", arrowhead=empty]',
  wanted: ' [label="wanted", style=dashed]',
  // a lazy edge may close a cycle: it must not turn the picture upside down
  lazy: ' [label="lazy", style=dashed, color="#888888", constraint=false]',
  child: ' [label="child", style=dotted, arrowhead=odot]'
}

/**
 * Draws the graph in the DOT language of Graphviz: dependants above, one box a module, colours by state.
 *
 * @example
 * ```ts
 * writeFileSync('graph.dot', app.graph.toDot())      // then: dot -Tsvg graph.dot > graph.svg
 * ```
 */
export function toDot(view: GraphView): string {
  const { nodes, edges } = indexView(view)
  const title = view.name === undefined ? '' : `${quoted(printable(view.name))} `
  const lines = [
    `digraph ${title}{`,
    '  rankdir=TB;',
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=10];'
  ]
  const { modules, loose } = groupByModule(nodes)
  for (const [index, [module, members]] of modules.entries()) {
    lines.push(
      `  subgraph cluster_${index} {`,
      `    label=${quoted(printable(module))};`,
      '    color="#bbbbbb";'
    )
    for (const position of members) lines.push(`    ${nodeLine(nodes[position]!)}`)
    lines.push('  }')
  }
  for (const position of loose) lines.push(`  ${nodeLine(nodes[position]!)}`)
  for (const { from, to, kind } of edges) {
    lines.push(`  ${identifier(nodes[from]!)} -> ${identifier(nodes[to]!)}${edgeStyles[kind]};`)
  }
  lines.push('}', '')
  return lines.join('\n')
}

function nodeLine(node: GraphNode): string {
  const attributes: string[] = []
  const label = quoted(labelLines(node).join('\n'))
  // without a label Graphviz shows the identifier, as it stands
  if (label !== identifier(node) || label.includes('\\')) attributes.push(`label=${label}`)
  const colours = stateColours(node.state)
  if (colours) attributes.push(`fillcolor="${colours.fill}"`, `color="${colours.line}"`)
  return `${identifier(node)}${attributes.length > 0 ? ` [${attributes.join(', ')}]` : ''};`
}

function identifier(node: GraphNode): string {
  return quoted(printable(node.name))
}

// Inside quotes DOT knows `\"` alone, but labels have escapes of their own (\n, \l, \N), so a backslash is doubled
function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`
}
