/** What a service's name is made from. */
export interface Nameable {
  /** What the user calls it. */
  readonly givenName: string | undefined
  /** The name of its class. */
  readonly label: string
  /** The module that lists it; `undefined` for a root made up for services. */
  readonly module: string | undefined
}

/**
 * Names for services, all different: the given one, else the class's; classes of one name are told apart by their
 * module, `Billing.Mailer`, or else by number, `Mailer#2`. A given name that is taken already is numbered too.
 *
 * @param taken names that are in use; those given here are added
 */
export function nameServices(services: readonly Nameable[], taken = new Set<string>()): string[] {
  const names = new Array<string>(services.length)
  const rest = new Map<string, number[]>()
  for (const [index, { givenName, label }] of services.entries()) {
    if (givenName !== undefined) names[index] = numbered(givenName, taken)
    else {
      const same = rest.get(label)
      if (same === undefined) rest.set(label, [index])
      else same.push(index)
    }
  }
  for (const [label, indexes] of rest) {
    const modules = new Set(indexes.map((index) => services[index]!.module))
    const qualify = indexes.length > 1 ? modules.size > 1 : taken.has(label)
    for (const index of indexes) {
      const { module } = services[index]!
      names[index] = numbered(qualify && module !== undefined ? `${module}.${label}` : label, taken)
    }
  }
  return names
}

function numbered(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name}#${number}`
  taken.add(free)
  return free
}
