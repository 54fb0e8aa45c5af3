import { CommanderError } from 'commander'
import { inspect } from 'node:util'
import { isKeelsonError } from '../errors/index.js'
import { CliError } from './cli-error.js'
import { ExitCode } from './exit-code.js'
import type { Output } from './output.js'

/** Whatever a command threw, put into words. */
interface Failure {
  readonly message: string
  readonly hint?: string
  /** What `--debug` shows besides. */
  readonly more?: string | undefined
  readonly exitCode: number
  /** What an error of Keelson tells besides. */
  readonly details?: object
}

/** Says what went wrong, and with which code the command ends. */
export function reportFailure(error: unknown, output: Output): number {
  if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.ok
  // the help has been printed, since no command was given
  if (error instanceof CommanderError && error.code === 'commander.help') return ExitCode.usage
  const failure = describeFailure(error)
  const { message, exitCode, details } = failure
  const hint = hintOf(failure, output.isDebug)
  const { red, dim } = output.errorColors
  let text = `${red('keelson:')} ${message}`
  if (hint !== undefined) text += `\n  ${hint.replaceAll('\n', '\n  ')}`
  if (output.isDebug) text += `\n${dim(inspect(error))}`
  const stack = output.isDebug && error instanceof Error ? { stack: error.stack } : {}
  output.error(
    { error: { ...details, message, ...(hint === undefined ? {} : { hint }), exitCode, ...stack } },
    text
  )
  return exitCode
}

function hintOf({ hint = '', more }: Failure, isDebug: boolean): string | undefined {
  const debug = more === undefined || isDebug ? '' : `Run it again with --debug to see ${more}.`
  return `${hint} ${debug}`.trim() || undefined
}

/** Puts it into words. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CliError) return error
  if (error instanceof CommanderError) return describeUsage(error)
  if (isKeelsonError(error)) {
    return { message: error.message, exitCode: exitCodeOf(error), details: error.toJSON() }
  }
  return {
    message: `this should not have happened: ${error instanceof Error ? error.message : inspect(error)}`,
    more: 'where',
    exitCode: ExitCode.crash
  }
}

/** The code for an error of the framework: what can be mended in the program text is told from what failed. */
export function exitCodeOf(error: unknown): ExitCode {
  if (isKeelsonError(error, 'KEEL_UNKNOWN_TOKEN')) return ExitCode.usage
  const isMisbuilt =
    isKeelsonError(error) && (error.name === 'WiringError' || error.name === 'ConfigurationError')
  return isMisbuilt ? ExitCode.configuration : ExitCode.failure
}

/** commander's sentence, and on a line of its own what may have been meant. */
function describeUsage({ message }: CommanderError): Failure {
  const [sentence = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const hint =
    suggestion?.replace(/^\((.*)\)$/, '$1') ??
    'keelson --help lists the commands, and keelson help <command> its options.'
  return { message: sentence.replace(/\.$/, ''), hint, exitCode: ExitCode.usage }
}
