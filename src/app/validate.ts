import type { Problem } from '../errors/index.js'
import type { Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import { plan } from './plan.js'

/** What {@link validate} found. */
export interface ValidationReport {
  /** Everything that keeps the application from being built; empty when it is sound. */
  readonly problems: readonly Problem[]
}

/**
 * Checks the wiring of an application without running any of its constructors: declared dependencies only, those of
 * `inject()` show when it is built.
 *
 * @throws ConfigurationError for options that make no sense
 * @throws StartError when the promise of a dynamic module rejects
 *
 * @example
 * ```ts
 * const { problems } = await validate(AppModule)
 * for (const problem of problems) console.error(problem.code, problem.location, problem.message)
 * ```
 */
export async function validate(root: Root, options: ApplicationOptions = {}): Promise<ValidationReport> {
  readSettings(options)
  const { problems } = await plan(root, options)
  return { problems }
}
