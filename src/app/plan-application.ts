import type { Problem } from '../errors/index.js'
import { createServiceGraph, type ServiceGraph } from '../graph/index.js'
import { checkLogger } from '../logging/index.js'
import { plannedServices, type Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import { graphOf } from './graph-of.js'
import { plan, type PlanChanges } from './plan.js'

/** An application as it is declared, before anything of it is constructed. */
export interface ApplicationPlan {
  readonly name: string
  /** Everything that keeps it from being built; empty when it is sound. */
  readonly problems: readonly Problem[]
  /** What does not keep it from running. */
  readonly warnings: readonly Problem[]
  /** Declared services and dependencies; what only factories and `inject()` lead to is not known yet. */
  readonly graph: ServiceGraph
}

/**
 * Reads an application as it is declared; none of its constructors runs.
 *
 * @throws ConfigurationError for options that make no sense
 */
export async function planApplication(
  root: Root,
  options: ApplicationOptions = {},
  changes: PlanChanges = {}
): Promise<ApplicationPlan> {
  readSettings(options)
  checkLogger(options.logger)
  const { wiring, problems } = await plan(root, options, changes)
  const { warnings, tree } = wiring
  const { name } = tree
  return {
    name,
    problems,
    warnings,
    graph: createServiceGraph({ name, ...graphOf(plannedServices(wiring)) })
  }
}
