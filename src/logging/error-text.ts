import { inspect } from 'node:util'
import { isKeelsonError } from '../errors/index.js'

/** Causes of causes are followed so far. */
const DEEPEST = 8
/** Of many errors so many are printed. */
const MOST = 20

/**
 * What is printed of an error when a process ends by it. An error of Keelson is its message, which says what to do;
 * the stack of what a user's code threw is what tells where, so it is printed with it. Never throws.
 */
export function errorText(error: unknown): string {
  try {
    return textOf(error, 0)
  } catch {
    return 'an error that cannot be shown'
  }
}

function textOf(error: unknown, depth: number): string {
  if (!isKeelsonError(error)) return inspect(error)
  let text = `${error.name}: ${error.message}`
  if (depth === DEEPEST) return text
  if (error.cause !== undefined) text += below('caused by', error.cause, depth)
  const errors = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : []
  for (const each of errors.slice(0, MOST)) text += below('also', each, depth)
  if (errors.length > MOST) text += `\n  and ${errors.length - MOST} more`
  return text
}

function below(word: string, error: unknown, depth: number): string {
  return `\n  ${word} ${textOf(error, depth + 1).replaceAll('\n', '\n  ')}`
}
