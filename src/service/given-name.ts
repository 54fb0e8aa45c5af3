const names = new WeakMap<object, string>()

/** Gives a service a name that its class does not say. */
export function giveName(service: object, name: string): void {
  names.set(service, name)
}

/** The name that a service was given by its maker, not the one it has by default. */
export function givenNameOf(service: object): string | undefined {
  return names.get(service)
}
