/** Can it be awaited? Throws what a proxy throws when it is looked at. */
export function isThenable(value: object): boolean {
  return 'then' in value && typeof value.then === 'function'
}
