import { LifecycleError, nearNames } from '../../errors/index.js'
import { Digraph, type EdgeKind, pathsFromRoots, type ServiceGraph } from '../../graph/index.js'

/** Why a service is there. */
export interface Why {
  readonly service: string
  readonly module?: string
  /** For each service that nothing needs and that leads to it: the shortest way down, both ends included. */
  readonly paths: readonly (readonly string[])[]
  /** Those that only look it up later. */
  readonly lazily: readonly string[]
}

const ORDERING: ReadonlySet<EdgeKind> = new Set<EdgeKind>(['inject', 'depends-on', 'wanted'])

/**
 * Finds out why a service is there.
 *
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when the graph has no such name
 */
export function why(graph: ServiceGraph, service: string): Why {
  const names = graph.nodes.map(({ name }) => name)
  if (!names.includes(service)) throw unknown(service, names)
  const positions = new Map(names.map((name, position) => [name, position]))
  const edges = graph.edges.filter(({ kind }) => ORDERING.has(kind))
  const needs = Digraph.of(
    names.length,
    edges.map(({ from, to }) => ({ from: positions.get(from)!, to: positions.get(to)! }))
  )
  const position = positions.get(service)!
  const { module } = graph.nodes[position]!
  const paths = [...pathsFromRoots(needs, position)].filter((path) => path.length > 1)
  const lazily = graph.edges.filter(({ to, kind }) => to === service && kind === 'lazy')
  return {
    service,
    ...(module === undefined ? {} : { module }),
    paths: paths.map((path) => path.map((at) => names[at]!)),
    lazily: lazily.map(({ from }) => from)
  }
}

function unknown(service: string, names: readonly string[]): LifecycleError {
  const near = nearNames(service, names).map((name) => `'${name}'`)
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `the graph has no service named '${service}'`,
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `keelson graph, without --why, shows ${names.length === 1 ? 'the only name' : `all ${names.length} names`}; ` +
          'some may come with --construct only.'
  })
}

/** The same for people. */
export function whyText({ service, module, paths, lazily }: Why): string {
  const home = module === undefined ? '' : `  (${module})`
  const lines = [`${service}${home}`]
  if (paths.length === 0) lines.push('  nothing needs it: it is there because a module lists it')
  for (const path of paths) lines.push(`  needed by  ${path.join(' → ')}`)
  for (const name of lazily) lines.push(`  looked up later by  ${name}`)
  return lines.join('\n')
}
