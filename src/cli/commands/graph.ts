import { type Command, Option } from 'commander'
import type { ServiceGraph } from '../../graph/index.js'
import type { CliIo } from '../cli-io.js'
import { addEntryArguments, entryArguments } from '../entry/entry-arguments.js'
import { findEntry } from '../entry/find-entry.js'
import { inspectEntry } from '../entry/inspect-entry.js'
import { withLoader } from '../entry/with-loader.js'
import type { Snapshot } from '../graph/snapshot.js'
import { throwIfUnsound } from '../graph/unsound.js'
import { why, whyText } from '../graph/why.js'
import { outputOf, type Output } from '../output.js'

const FORMATS = ['text', 'dot', 'mermaid', 'json'] as const

interface GraphOptions {
  readonly format?: (typeof FORMATS)[number]
  readonly why?: string
  readonly construct?: boolean
}

/** `keelson graph`: who needs whom. */
export function addGraph(program: Command, io: CliIo): void {
  addEntryArguments(program.command('graph'))
    .summary('draw which service needs which')
    .description('Draws which service needs which, as declared: nothing is constructed, nothing started.')
    .addOption(new Option('--format <format>', 'how (default: text)').choices(FORMATS))
    .option('--why <service>', 'who needs this one, on which way from the top')
    .option('--construct', 'run constructors and factories too: shows what inject() and factories lead to')
    .action(async (_entry: unknown, _args: unknown, options: GraphOptions, command: Command) => {
      const output = outputOf(io, command)
      const { entry: given, args } = entryArguments(command)
      const entry = findEntry(io, given)
      await withLoader(io, output, entry, async () => {
        const plan = await inspectEntry(entry, args, { ...options, note: output.note })
        throwIfUnsound(plan)
        if (options.construct !== true) {
          output.note('declared dependencies only; --construct shows those of inject() and of factories too')
        }
        if (options.why === undefined) draw(plan.graph, options, output)
        else {
          const found = why(plan.graph, options.why)
          output.result(found, whyText(found))
        }
      })
    })
}

function draw(graph: ServiceGraph, { format, construct }: GraphOptions, output: Output): void {
  switch (format ?? (output.isJson ? 'json' : 'text')) {
    case 'dot':
      return output.text(graph.toDot())
    case 'mermaid':
      return output.text(graph.toMermaid())
    case 'json':
      return output.json({
        ...graph.toJSON(),
        ...(construct === true ? { constructed: true } : {})
      } satisfies Snapshot)
    case 'text':
      return output.text(graph.toText())
  }
}
