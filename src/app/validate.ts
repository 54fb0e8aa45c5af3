import type { Problem } from '../errors/index.js'
import { collect, link, type Root } from '../wiring/index.js'
import type { ApplicationOptions } from './application-options.js'
import { WIRING } from './construction.js'

/** What {@link validate} found. */
export interface ValidationReport {
  /** Everything that keeps the application from being built; empty when it is sound. */
  readonly problems: readonly Problem[]
}

/**
 * Checks the wiring of an application without running any of its constructors: declared dependencies only, those of
 * `inject()` show when it is built.
 *
 * @example
 * ```ts
 * const { problems } = await validate(AppModule)
 * for (const problem of problems) console.error(problem.code, problem.location, problem.message)
 * ```
 */
export async function validate(root: Root, options: ApplicationOptions = {}): Promise<ValidationReport> {
  const { name, container, providers } = options
  const tree = await collect(root, { ...WIRING, name, container, providers })
  return { problems: link(tree).problems }
}
