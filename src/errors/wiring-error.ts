import { errorToJSON, type ErrorJSON, hide, KeelsonError, nameAfterClass } from './keelson-error.js'
import { formatProblems, type Problem } from './problem.js'

/**
 * The parts do not fit together. Holds everything that is wrong, found in one go; no constructor has run when it
 * was found by a check.
 *
 * `code`, `hint`, `path` and `location` are those of the first problem.
 */
export class WiringError extends KeelsonError {
  /** At least one. */
  declare readonly problems: readonly Problem[]

  static {
    nameAfterClass(this)
  }

  constructor(problems: readonly [Problem, ...Problem[]] | readonly Problem[]) {
    const [first] = problems
    if (first === undefined) throw new TypeError('a WiringError needs a problem')
    super(first.code, first, formatProblems(problems))
    hide(this, { problems: Object.freeze([...problems]) })
  }

  override toJSON(): ErrorJSON {
    return errorToJSON(this, { problems: this.problems })
  }
}
