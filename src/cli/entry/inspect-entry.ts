import type { ApplicationOptions, ApplicationPlan } from '../../app/index.js'
import { isKeelsonError, type Problem } from '../../errors/index.js'
import { divertStdout } from './divert-stdout.js'
import type { Entry } from './find-entry.js'
import { readEntry } from './load-entry.js'

/** How much of an application is to be looked at. */
export interface InspectOptions {
  /** Run constructors and factories as well: what `inject()` and factories lead to shows only then. No hook runs. */
  readonly construct?: boolean | undefined
  /** Only the services of these names, and what they need. */
  readonly only?: readonly string[] | undefined
  /** What the command line says goes before what the program says. */
  readonly adapt?: (options: ApplicationOptions) => ApplicationOptions
  /** Says something beside the result. */
  readonly note: (text: string) => void
}

/** What was found. */
export interface InspectedPlan extends ApplicationPlan {
  /** The graph as far as it is declared, also where `graph` shows what constructing has added. */
  readonly declared: ApplicationPlan['graph']
}

/**
 * Looks at the application of an entry; starts nothing.
 *
 * @returns problems where it is not sound, and then the graph as far as it is declared
 * @throws StartError when a constructor or factory fails
 */
export async function inspectEntry(
  entry: Entry,
  args: readonly string[],
  options: InspectOptions
): Promise<InspectedPlan> {
  const divertNoMore = divertStdout()
  try {
    return await inspect(entry, args, options)
  } finally {
    divertNoMore()
  }
}

async function inspect(
  entry: Entry,
  args: readonly string[],
  { construct, only: onlyNamed, adapt = (options) => options, note }: InspectOptions
): Promise<InspectedPlan> {
  const framework = await import('../framework.js')
  const { root, builder, ...given } = await readEntry(entry, args, framework, note)
  const adapted = adapt(given.options)
  const planned = await builder.planApplication(root, adapted, { onlyNamed })
  const plan = { ...planned, declared: planned.graph }
  if (construct !== true || plan.problems.length > 0) return plan
  try {
    // nobody reads the log of an application that is only looked at
    const app = await builder.buildApplication(root, { ...adapted, logger: false }, { onlyNamed })
    const { nodes, edges } = app.graph.toJSON()
    await app[Symbol.asyncDispose]()
    // none has started: that all are in the same state tells nothing
    const stateless = nodes.map(({ name, module }) => (module === undefined ? { name } : { name, module }))
    return { ...plan, graph: framework.createServiceGraph({ name: plan.name, nodes: stateless, edges }) }
  } catch (error) {
    const problems = problemsIn(error)
    if (problems === undefined) throw error
    return { ...plan, problems }
  }
}

/** The faults that only constructing shows. */
function problemsIn(error: unknown): readonly Problem[] | undefined {
  return isKeelsonError(error) && 'problems' in error ? (error.problems as readonly Problem[]) : undefined
}
