import type { Command } from 'commander'
import { dirname } from 'node:path'
import { formatProblems, type Problem } from '../../errors/index.js'
import { CliError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import { checkCompilerOptions } from '../doctor/compiler-options.js'
import { checkCopies } from '../doctor/copies.js'
import { checkEmittedTypes } from '../doctor/emitted-types.js'
import { type Finding, note, problem, well } from '../doctor/finding.js'
import { checkNodeVersion } from '../doctor/node-version.js'
import { type Entry, findEntry } from '../entry/find-entry.js'
import { inspectEntry } from '../entry/inspect-entry.js'
import { type LoadingProcess, loadingProcess } from '../entry/with-loader.js'
import { ExitCode } from '../exit-code.js'
import { describeFailure } from '../failure.js'
import { outputOf, type Output } from '../output.js'

/** `keelson doctor`: what about this machine and project keeps programs from working. */
export function addDoctor(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .summary('find out why a project does not work')
    .description(
      'Looks at Node.js, the compiler options, the types that are really emitted, packages that are there twice, and ' +
        'the wiring of the entry, if there is one. Exit code 1 when something has to be mended.'
    )
    .argument('[entry]', 'a file, or file#ExportName')
    .action(async (given: string | undefined, _options: object, command: Command) => {
      const output = outputOf(io, command)
      const entry = given === undefined ? usualEntry(io) : findEntry(io, given)
      const elsewhere = entry === undefined ? undefined : loaderIfAny(io, entry)
      if (elsewhere !== undefined) {
        io.exitCode = await io.relaunch(elsewhere.nodeArguments, elsewhere.env).ended
        return
      }
      const folder = entry === undefined ? io.cwd : dirname(entry.file)
      const { findings, asksForTypes } = checkCompilerOptions(folder)
      const all: Finding[] = [
        checkNodeVersion(io.nodeVersion),
        ...findings,
        checkEmittedTypes(folder, asksForTypes),
        ...checkCopies(folder),
        ...(await checkEntry(entry, output))
      ]
      report(output, all)
      if (all.some(({ status }) => status === 'problem')) io.exitCode = ExitCode.failure
    })
}

function usualEntry(io: CliIo): Entry | undefined {
  try {
    return findEntry(io, undefined)
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

/** That there is no loader, or what it cannot do, is one of the findings. */
function loaderIfAny(io: CliIo, entry: Entry): LoadingProcess | undefined {
  try {
    return loadingProcess(io, entry)
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

/** What is wrong with the program itself: wiring, hooks that nobody calls, a file that does not load. */
async function checkEntry(entry: Entry | undefined, output: Output): Promise<Finding[]> {
  if (entry === undefined) {
    return [note('entry', 'there is none to look at', 'Name one: keelson doctor src/app.module.ts.')]
  }
  const { shown } = entry
  try {
    const { name, problems, warnings } = await inspectEntry(entry, [], output)
    if (problems.length + warnings.length === 0) return [well(shown, `${name} is sound`)]
    return [...problems, ...warnings].map((each) => problem(shown, ...told(each)))
  } catch (error) {
    const { message, hint } = describeFailure(error)
    return [problem(shown, message, hint || 'keelson check tells more.')]
  }
}

function told({ hint, ...wrong }: Problem): [message: string, mend: string] {
  const lines = formatProblems([{ ...wrong, hint: '' }]).split('\n')
  return [lines.slice(0, -1).join('\n'), hint]
}

function report(output: Output, findings: readonly Finding[]): void {
  const { green, yellow, red, dim } = output.colors
  const marks = { ok: green('✓'), note: yellow('·'), problem: red('✗') } as const
  const text = findings.map(({ status, about, message, mend }) => {
    const first = `${marks[status]} ${about}: ${message.replaceAll('\n', '\n  ')}`
    return mend === undefined ? first : `${first}\n    ${dim(mend.replaceAll('\n', '\n    '))}`
  })
  output.result({ ok: findings.every(({ status }) => status !== 'problem'), findings }, text.join('\n'))
}
