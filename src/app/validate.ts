import type { Problem } from '../errors/index.js'
import { checkLogger } from '../logging/index.js'
import type { Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import { plan } from './plan.js'

/** What {@link validate} found. */
export interface ValidationReport {
  /** Everything that keeps the application from being built; empty when it is sound. */
  readonly problems: readonly Problem[]
}

/**
 * Checks an application, all but what its options say of a process: that is the matter of the room above.
 *
 * @throws ConfigurationError for options that make no sense
 * @throws StartError when the promise of a dynamic module rejects
 */
export async function validate(root: Root, options: ApplicationOptions): Promise<ValidationReport> {
  readSettings(options)
  checkLogger(options.logger)
  const { problems } = await plan(root, options)
  return { problems }
}
