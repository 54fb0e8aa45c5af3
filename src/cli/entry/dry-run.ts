import { WiringError } from '../../errors/index.js'
import type { Output } from '../output.js'
import type { Entry } from './find-entry.js'
import { inspectEntry } from './inspect-entry.js'
import type { RunWishes } from './run-entry.js'
import { adaptTo } from './run-options.js'

/**
 * Builds and checks a program as a start would, and says what would start in which order. Constructors and factories
 * run, hooks do not.
 *
 * @throws WiringError with everything that is wrong
 */
export async function dryRun(
  entry: Entry,
  args: readonly string[],
  output: Output,
  { run, only }: RunWishes
): Promise<void> {
  const adapt = adaptTo(run, await import('../framework.js'), output)
  const { name, graph, problems } = await inspectEntry(entry, args, {
    construct: true,
    only,
    adapt,
    note: output.note
  })
  if (problems.length > 0) throw new WiringError(problems)
  const startOrder = graph.startOrder()
  const order = startOrder.map((service, index) => `${String(index + 1).padStart(4)}  ${service}`)
  output.result(
    { name, startOrder, levels: graph.levels(), graph: graph.toJSON() },
    `${graph.toText()}\nstart order:\n${order.join('\n')}`
  )
}
