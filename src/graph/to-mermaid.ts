import type { EdgeKind, GraphNode, GraphView } from './graph-view.js'
import { groupByModule } from './group-by-module.js'
import { indexView } from './index-view.js'
import { labelLines, printable } from './printable.js'
import { stateColours } from './state-colours.js'

const arrows: Record<EdgeKind, string> = {
  inject: '-->',
  'depends-on': '-->|depends-on|',
  wanted: '-.->|wanted|',
  lazy: '-.->|lazy|',
  child: '-.-o|child|'
}

/**
 * Draws the graph as a Mermaid flow chart, which GitHub and many editors show inside Markdown: dependants above,
 * one box a module, colours by state.
 */
export function toMermaid(view: GraphView): string {
  const { nodes, edges } = indexView(view)
  const lines =
    view.name === undefined ? [] : ['---', `title: ${JSON.stringify(printable(view.name))}`, '---']
  lines.push('flowchart TD')
  const { modules, loose } = groupByModule(nodes)
  for (const [index, [module, members]] of modules.entries()) {
    lines.push(`  subgraph m${index}[${quoted([printable(module)])}]`)
    for (const position of members) lines.push(`    ${nodeLine(position, nodes[position]!)}`)
    lines.push('  end')
  }
  for (const position of loose) lines.push(`  ${nodeLine(position, nodes[position]!)}`)
  for (const { from, to, kind } of edges) lines.push(`  n${from} ${arrows[kind]} n${to}`)
  lines.push(...stateClasses(nodes), '')
  return lines.join('\n')
}

function nodeLine(position: number, node: GraphNode): string {
  return `n${position}[${quoted(labelLines(node))}]`
}

function stateClasses(nodes: readonly GraphNode[]): string[] {
  const byState = new Map<string, string[]>()
  for (const [position, { state }] of nodes.entries()) {
    if (state === undefined || stateColours(state) === undefined) continue
    const members = byState.get(state)
    if (members) members.push(`n${position}`)
    else byState.set(state, [`n${position}`])
  }
  return [...byState].flatMap(([state, members]) => {
    const { fill, line } = stateColours(state)!
    return [
      `  classDef ${state} fill:${fill},stroke:${line},color:#000`,
      `  class ${members.join(',')} ${state}`
    ]
  })
}

// Mermaid reads quotes, `#`, HTML, Markdown and `%%{…}%%` directives inside a label: whatever is not plainly harmless
// becomes a character code
function quoted(lines: readonly string[]): string {
  const codes = lines.map((line) => line.replace(/[^\p{L}\p{N} .,/:()«»-]/gu, (c) => `#${c.codePointAt(0)};`))
  return `"${codes.join('<br/>')}"`
}
