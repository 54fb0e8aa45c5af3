import { ExitCode } from './exit-code.js'

/** Something that the person at the terminal can mend: one sentence, and what to do about it. */
export class CliError extends Error {
  /** How to mend it. */
  readonly hint: string
  /** What `--debug` shows besides. */
  readonly more: string | undefined
  readonly exitCode: ExitCode

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CliError' })
  }

  /** @param message one sentence, without the name of the command and a full stop */
  constructor(
    message: string,
    details: {
      readonly hint: string
      readonly more?: string
      readonly exitCode?: ExitCode
      readonly cause?: unknown
    }
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.hint = details.hint
    this.more = details.more
    this.exitCode = details.exitCode ?? ExitCode.failure
  }
}

/** The command line itself makes no sense. */
export function usageError(message: string, hint: string): CliError {
  return new CliError(message, { hint, exitCode: ExitCode.usage })
}
