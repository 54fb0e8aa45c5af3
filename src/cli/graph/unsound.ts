import { type Problem, WiringError } from '../../errors/index.js'

/** @throws WiringError with all problems, when there are any */
export function throwIfUnsound({ problems }: { readonly problems: readonly Problem[] }): void {
  if (problems.length > 0) throw new WiringError(problems)
}
