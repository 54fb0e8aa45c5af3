import type { SupervisorOptions } from '../supervisor/index.js'
import type { AssembledService, Assembly, ModuleNode } from '../wiring/index.js'
import type { SupervisedGroup } from './supervision.js'

/**
 * Who answers for whom: each module's supervisor for the services its `providers` list, and for the module itself
 * the supervisor of the first module that imports it and has one, else the application's.
 *
 * @param supervisor the application's own
 */
export function groupsOf(
  assembly: Assembly,
  supervisor: SupervisorOptions | undefined,
  name: string
): SupervisedGroup[] {
  const supervised = assembly.modules.filter((module) => module.supervisor !== undefined)
  if (supervised.length === 0 && supervisor === undefined) return []
  const members = membersOf(assembly, supervised)
  const importers = importersOf(assembly.modules)
  const application = supervisor === undefined ? undefined : supervised.length
  const above = new Map<ModuleNode, ModuleNode>()
  for (const module of supervised) {
    const found = supervisorAbove(module, importers, above)
    if (found !== undefined) above.set(module, found)
  }
  const groups = supervised.map((module): SupervisedGroup => ({
    name: module.name,
    options: module.supervisor!,
    members: members.get(module) ?? [],
    above: above.has(module) ? supervised.indexOf(above.get(module)!) : application
  }))
  if (supervisor !== undefined)
    groups.push({ name, options: supervisor, members: members.get(undefined) ?? [], above: undefined })
  return groups
}

/** The services of each, by index: of those that several list, the first has it. Under undefined, what none lists. */
function membersOf(
  assembly: Assembly,
  supervised: readonly ModuleNode[]
): ReadonlyMap<ModuleNode | undefined, readonly number[]> {
  const supervisors = new Map<AssembledService, ModuleNode>()
  for (const module of supervised)
    for (const service of assembly.listedBy(module))
      if (!supervisors.has(service)) supervisors.set(service, module)
  const members = new Map<ModuleNode | undefined, number[]>()
  assembly.services.forEach((service, index) => {
    const supervisor = supervisors.get(service)
    const known = members.get(supervisor)
    if (known === undefined) members.set(supervisor, [index])
    else known.push(index)
  })
  return members
}

/** Who imports whom, importers in order. */
function importersOf(modules: readonly ModuleNode[]): ReadonlyMap<ModuleNode, readonly ModuleNode[]> {
  const importers = new Map<ModuleNode, ModuleNode[]>()
  for (const module of modules) {
    for (const imported of module.imports) {
      const list = importers.get(imported)
      if (list === undefined) importers.set(imported, [module])
      else list.push(module)
    }
  }
  return importers
}

/**
 * The nearest module above that has a supervisor: those that import it first, then those that import them. Where modules
 * import each other, one that it brought into the application is not above it, nor one that stands under it already.
 *
 * @param above what has been found for others
 */
function supervisorAbove(
  module: ModuleNode,
  importers: ReadonlyMap<ModuleNode, readonly ModuleNode[]>,
  above: ReadonlyMap<ModuleNode, ModuleNode>
): ModuleNode | undefined {
  const seen = new Set([module])
  // A Set can grow while it is walked.
  for (const one of seen) {
    const isBelow =
      isUnder(one, module, (below) => below.importer) || isUnder(one, module, (below) => above.get(below))
    if (one.supervisor !== undefined && !isBelow) return one
    for (const importer of importers.get(one) ?? []) seen.add(importer)
  }
  return undefined
}

/** Whether the way up from `one` leads to `other`, or begins there. */
function isUnder(
  one: ModuleNode,
  other: ModuleNode,
  up: (module: ModuleNode) => ModuleNode | undefined
): boolean {
  for (let at: ModuleNode | undefined = one; at !== undefined; at = up(at)) if (at === other) return true
  return false
}
