import { type ExitError, isExit, type StopFailure } from '../errors/index.js'

/** What hooks have thrown in a stop: to ask for the end of the program is no failure. */
export function askedToExit(thrown: readonly StopFailure[]): {
  readonly exit: ExitError | undefined
  readonly failures: readonly StopFailure[]
} {
  const exit = thrown.map(({ error }) => error).find(isExit)
  return { exit, failures: exit === undefined ? thrown : thrown.filter(({ error }) => !isExit(error)) }
}
