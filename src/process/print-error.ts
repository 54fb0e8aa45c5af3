import { errorText } from '../logging/index.js'

/** Prints an error for people. */
export function printError(error: unknown): void {
  process.stderr.write(`${errorText(error)}\n`)
}
