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
  /** The number to try next: thousands may have one name. */
  const next = new Map<string, number>()
  const take = (name: string): string => {
    let free = name
    let number = next.get(name) ?? 2
    while (taken.has(free)) free = `${name}#${number++}`
    next.set(name, number)
    taken.add(free)
    return free
  }

  const names = services.map(({ givenName }) => (givenName === undefined ? '' : take(givenName)))
  const rest = new Map<string, number | number[]>()
  for (const [index, { givenName, label }] of services.entries()) {
    if (givenName !== undefined) continue
    const same = rest.get(label)
    if (same === undefined) rest.set(label, index)
    else if (typeof same === 'number') rest.set(label, [same, index])
    else same.push(index)
  }
  for (const [label, same] of rest) {
    // nearly all names are unique
    if (typeof same === 'number' && !taken.has(label)) {
      names[same] = label
      taken.add(label)
      continue
    }
    const indexes = typeof same === 'number' ? [same] : same
    const modules = new Set(indexes.map((index) => services[index]!.module))
    const qualify = indexes.length > 1 ? modules.size > 1 : taken.has(label)
    for (const index of indexes) {
      const { module } = services[index]!
      names[index] = take(qualify && module !== undefined ? `${module}.${label}` : label)
    }
  }
  return names
}
