import type { KeelsonErrorCode } from './codes.js'

/** One thing that is wrong with the wiring. A check finds all of them before it reports any. */
export interface Problem {
  readonly code: KeelsonErrorCode
  /** What went wrong. Its first line stands alone; further lines are details such as the steps of a cycle. */
  readonly message: string
  /** Names from the root down to where it went wrong; empty when there is no way to it. */
  readonly path: readonly string[]
  /** `file:line` of the class. */
  readonly location?: string | undefined
  /** How to fix it. */
  readonly hint: string
}

/** A problem prints whole; of very many, the rest is counted. All are in `problems`. */
const MOST_PROBLEMS = 50
/** Longer paths lose their middle in print. */
const LONGEST_PATH = 40
const WIDTH = 100

/**
 * Lays out what went wrong, where, on which path, and how to fix it. Line 1 stands alone, since many viewers
 * show no other.
 *
 * ```text
 * KEEL_MISSING_PROVIDER: Reports needs CLOCK, which nothing provides.
 *   at    src/reports.ts:14
 *   path  AppModule → Api → Reports → CLOCK
 *   Fix:  list a provider for it in AppModule.
 * ```
 */
export function formatProblem(
  problem: Omit<Problem, 'path'> & { readonly path?: readonly string[] | undefined },
  remark = ''
): string {
  const [sentence = '', ...details] = problem.message.split('\n')
  const lines = [`${problem.code}: ${sentence}${remark}`]
  for (const detail of details) lines.push(detail === '' ? '' : `  ${detail}`)
  if (problem.location !== undefined) lines.push(`  at    ${problem.location}`)
  if (problem.path !== undefined && problem.path.length > 1) lines.push(...formatPath(problem.path))
  lines.push(`  Fix:  ${problem.hint.replaceAll('\n', '\n        ')}`)
  return lines.join('\n')
}

/** Lays out problems one under the other, each as {@link formatProblem} does, numbered when there are several. */
export function formatProblems(problems: readonly Problem[]): string {
  const [only] = problems
  if (problems.length === 1 && only !== undefined) return formatProblem(only)
  const shown = problems.slice(0, MOST_PROBLEMS)
  const blocks = shown.map((problem, index) =>
    formatProblem(problem, ` (problem ${index + 1} of ${problems.length})`)
  )
  if (problems.length > shown.length) blocks.push(`… and ${problems.length - shown.length} more problems.`)
  return blocks.join('\n\n')
}

function formatPath(path: readonly string[]): string[] {
  const half = LONGEST_PATH / 2
  const steps =
    path.length <= LONGEST_PATH
      ? path
      : [...path.slice(0, half), `… ${path.length - LONGEST_PATH} more …`, ...path.slice(-half)]
  const lines: string[] = []
  let line = `  path  ${steps[0]}`
  for (const step of steps.slice(1)) {
    if (line.length + step.length + 3 > WIDTH) {
      lines.push(`${line} →`)
      line = `        ${step}`
    } else line += ` → ${step}`
  }
  lines.push(line)
  return lines
}
