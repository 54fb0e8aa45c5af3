import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { ApplicationPlan } from '../../app/index.js'
import { formatProblems } from '../../errors/index.js'
import type { CliIo } from '../cli-io.js'
import { addEntryArguments, entryArguments } from '../entry/entry-arguments.js'
import { findEntry } from '../entry/find-entry.js'
import { inspectEntry } from '../entry/inspect-entry.js'
import { withLoader } from '../entry/with-loader.js'
import { ExitCode } from '../exit-code.js'
import { changeLines, compareGraphs, type GraphChanges, isSame } from '../graph/compare.js'
import { readSnapshot } from '../graph/snapshot.js'
import { outputOf, type Output } from '../output.js'
import { shellWord } from '../shell-word.js'

interface CheckOptions {
  readonly against?: string
  readonly construct?: boolean
}

/** `keelson check`: everything that is wrong with the wiring, for people and for CI. */
export function addCheck(program: Command, io: CliIo): void {
  addEntryArguments(program.command('check'))
    .summary('find everything that is wrong with the wiring')
    .description(
      'Finds everything that is wrong with the wiring. Exit code 78 when there is something, 1 when the graph differs ' +
        'from the snapshot. A snapshot is what `keelson graph --format json` prints, with --construct or without: ' +
        'it is compared with the graph as it was drawn then, and one with --construct has constructors run here too.'
    )
    .option('--against <snapshot>', 'say what has changed since this snapshot of the graph')
    .option('--construct', 'run constructors and factories too: checks what inject() and factories lead to')
    .action(async (_entry: unknown, _args: unknown, options: CheckOptions, command: Command) => {
      const output = outputOf(io, command)
      const { entry: given, args } = entryArguments(command)
      const entry = findEntry(io, given)
      const { against } = options
      const writing = (construct = false): string => writingOf(against ?? '', given, args, construct)
      const hint = `Write it with: ${writing(options.construct)}`
      const snapshot =
        against === undefined ? undefined : readSnapshot(resolve(io.cwd, against), against, hint)
      // like is compared with like
      const wasConstructed = snapshot?.constructed === true
      const construct = options.construct === true || wasConstructed
      await withLoader(io, output, entry, async () => {
        const plan = await inspectEntry(entry, args, { construct, note: output.note })
        const graph = wasConstructed ? plan.graph : plan.declared
        const isSound = plan.problems.length === 0
        const changes =
          snapshot === undefined || !isSound ? undefined : compareGraphs(snapshot, graph.toJSON())
        report(output, plan, changes, { ...options, construct, writing: writing(wasConstructed) })
        if (!isSound) io.exitCode = ExitCode.configuration
        else if (changes !== undefined && !isSame(changes)) io.exitCode = ExitCode.failure
      })
    })
}

function report(
  output: Output,
  { name, problems, warnings, graph }: ApplicationPlan,
  changes: GraphChanges | undefined,
  { against, construct, writing }: CheckOptions & { readonly writing: string }
): void {
  const { red, green, yellow } = output.colors
  const lines: string[] = []
  if (warnings.length > 0) lines.push(yellow(formatProblems(warnings)), '')
  if (problems.length > 0) {
    lines.push(formatProblems(problems), '', red(`${name}: ${counted(problems.length, 'problem')}`))
  } else {
    const { nodes, edges } = graph
    const size = `${counted(nodes.length, 'service')}, ${counted(edges.length, 'dependency', 'dependencies')}`
    lines.push(green(`${name} is sound: ${size}${construct === true ? '' : ' declared'}`))
  }
  if (changes !== undefined && isSame(changes)) lines.push(`the graph is that of ${against}`)
  else if (changes !== undefined) {
    const colour = { '+': green, '-': red, '~': yellow } as const
    lines.push('', `the graph differs from ${against}:`)
    lines.push(...changeLines(changes).map((line) => `  ${colour[line[0] as '+'](line)}`))
    lines.push(`to accept it: ${writing}`)
  }
  const ok = problems.length === 0 && (changes === undefined || isSame(changes))
  output.result(
    { ok, name, problems, warnings, ...(changes === undefined ? {} : { changes }) },
    lines.join('\n')
  )
}

/** The command that writes a snapshot. The file that is there stays as it is when the graph cannot be drawn. */
function writingOf(
  path: string,
  entry: string | undefined,
  args: readonly string[],
  construct: boolean
): string {
  const words = ['keelson', 'graph', ...(entry === undefined ? [] : [entry]), '--format', 'json']
  if (construct) words.push('--construct')
  if (args.length > 0) words.push('--', ...args)
  const drawing = words.map((word) => shellWord(word)).join(' ')
  return `${drawing} > ${shellWord(`${path}.new`)} && mv ${shellWord(`${path}.new`)} ${shellWord(path)}`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
