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
  return (taken.size === 0 ? byLabels(services, taken) : undefined) ?? toldApart(services, taken)
}

/** Where nobody gives a name and no two classes have one, as is usual, each is called by that of its class. */
function byLabels(services: readonly Nameable[], taken: Set<string>): string[] | undefined {
  const names = new Array<string>(services.length)
  for (let index = 0; index < services.length; index++) {
    const { givenName, label } = services[index]!
    if (givenName !== undefined || taken.has(label)) {
      taken.clear()
      return undefined
    }
    taken.add(label)
    names[index] = label
  }
  return names
}

function toldApart(services: readonly Nameable[], taken: Set<string>): string[] {
  /** The number to try next: thousands may have one name. */
  const next = new Map<string, number>()
  const take = (name: string): string => {
    let free = name
    if (taken.has(name)) {
      let number = next.get(name) ?? 2
      while (taken.has(free)) free = `${name}#${number++}`
      next.set(name, number)
    }
    taken.add(free)
    return free
  }

  const names: string[] = []
  /** Labels met so far, and those met more than once. */
  const labels = new Set<string>()
  const shared = new Map<string, number[]>()
  for (let index = 0; index < services.length; index++) {
    const { givenName, label } = services[index]!
    names.push(givenName === undefined ? '' : take(givenName))
    if (givenName !== undefined) continue
    if (labels.has(label)) shared.set(label, [])
    labels.add(label)
  }
  if (shared.size > 0) {
    for (const [index, { givenName, label }] of services.entries())
      if (givenName === undefined) shared.get(label)?.push(index)
  }
  for (let index = 0; index < services.length; index++) {
    const { givenName, label, module } = services[index]!
    if (givenName !== undefined) continue
    const same = shared.size === 0 ? undefined : shared.get(label)
    if (same === undefined) {
      // nearly all names are unique
      const qualify = taken.has(label) && module !== undefined
      names[index] = take(qualify ? `${module}.${label}` : label)
    } else if (same[0] === index) nameAlike(label, same)
  }
  return names

  function nameAlike(label: string, indexes: readonly number[]): void {
    const modules = new Set(indexes.map((index) => services[index]!.module))
    for (const index of indexes) {
      const { module } = services[index]!
      names[index] = take(modules.size > 1 && module !== undefined ? `${module}.${label}` : label)
    }
  }
}
