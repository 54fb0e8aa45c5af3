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
  const members = new Map<ModuleNode, number[]>(supervised.map((module) => [module, []]))
  const rest: number[] = []
  assembly.services.forEach((service, index) => (listOf(service, members) ?? rest).push(index))
  const importers = importersOf(assembly.modules)
  const application = supervisor === undefined ? undefined : supervised.length
  const groups = supervised.map((module): SupervisedGroup => ({
    name: module.name,
    options: module.supervisor!,
    members: members.get(module)!,
    above: supervisorAbove(module, importers, supervised) ?? application
  }))
  if (supervisor !== undefined) groups.push({ name, options: supervisor, members: rest, above: undefined })
  return groups
}

function listOf(service: AssembledService, members: ReadonlyMap<ModuleNode, number[]>): number[] | undefined {
  for (const module of service.listedIn) {
    const list = members.get(module)
    if (list !== undefined) return list
  }
  return undefined
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

/** The nearest module above that has a supervisor: those that import it first, then those that import them. */
function supervisorAbove(
  module: ModuleNode,
  importers: ReadonlyMap<ModuleNode, readonly ModuleNode[]>,
  supervised: readonly ModuleNode[]
): number | undefined {
  const seen = new Set([module])
  // A Set can grow while it is walked.
  for (const one of seen) {
    if (one !== module && one.supervisor !== undefined) return supervised.indexOf(one)
    for (const importer of importers.get(one) ?? []) seen.add(importer)
  }
  return undefined
}
