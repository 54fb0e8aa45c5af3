import { ConfigurationError, errorOfProblems, type Problem } from '../errors/index.js'
import { type SupervisorOptions, supervisorSettings } from '../supervisor/index.js'
import {
  collect,
  type CollectOptions,
  link,
  type ModuleTree,
  type Root,
  tokensOfServices,
  type WiringPlan
} from '../wiring/index.js'
import type { ApplicationOptions } from './application-options.js'
import { WIRING } from './construction.js'

/** An application, checked: what it consists of, and all that is wrong with it. */
export interface Plan {
  readonly wiring: WiringPlan
  readonly problems: readonly Problem[]
  /** @throws WiringError, or ConfigurationError, with all problems, when there are any */
  throwIfUnsound(): void
}

/** What others than the user change about an application: a test kit, or whoever runs it. */
export interface PlanChanges extends Pick<
  CollectOptions,
  'overrideModules' | 'mocker' | 'only' | 'missingGoesTo' | 'watch'
> {
  /** Only these services, by their names, and what they need. */
  readonly onlyNamed?: readonly string[] | undefined
}

/**
 * Collects, links and checks; runs no constructor.
 *
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when a name of `onlyNamed` is no service's
 */
export async function plan(
  root: Root,
  options: ApplicationOptions,
  { onlyNamed, ...changes }: PlanChanges = {}
): Promise<Plan> {
  const { name, container, providers, supervisor } = options
  const tree = await collect(root, { ...WIRING, ...changes, name, container, providers })
  const wiring = onlyNamed === undefined ? link(tree) : linkOnly(tree, onlyNamed)
  const problems = [...wiring.problems]
  for (const module of tree.modules) {
    const { location } = module
    for (const problem of wrongSupervisor(module.supervisor, module.name)) {
      problems.push({ ...problem, path: module.path(), location })
    }
  }
  problems.push(...wrongSupervisor(supervisor, tree.name))
  return {
    wiring,
    problems,
    throwIfUnsound() {
      if (problems.length > 0) throw errorOfProblems(problems)
    }
  }
}

/** The names are those that the services have in the whole. */
function linkOnly(tree: ModuleTree, names: readonly string[]): WiringPlan {
  return link({ ...tree, options: { ...tree.options, only: tokensOfServices(link(tree), names) } })
}

function wrongSupervisor(options: SupervisorOptions | undefined, name: string): readonly Problem[] {
  if (options === undefined) return []
  try {
    supervisorSettings(options, `the supervisor of ${name}`)
    return []
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
}
