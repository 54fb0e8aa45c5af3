import {
  type ApplicationOptions,
  validate as validateApplication,
  type ValidationReport
} from '../app/index.js'
import type { Root } from '../wiring/index.js'
import { readProcessOptions } from './process-options.js'

/**
 * Checks the wiring of an application without running any of its constructors: declared dependencies only, those of
 * `inject()` show when it is built.
 *
 * @throws ConfigurationError for options that make no sense, to `bootstrap()` and `createApplication()` alike
 * @throws StartError when the promise of a dynamic module rejects
 *
 * @example
 * ```ts
 * const { problems } = await validate(AppModule)
 * for (const problem of problems) console.error(problem.code, problem.location, problem.message)
 * ```
 */
export async function validate(root: Root, options: ApplicationOptions = {}): Promise<ValidationReport> {
  readProcessOptions(options, false)
  return validateApplication(root, options)
}
