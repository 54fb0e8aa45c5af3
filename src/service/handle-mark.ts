/** Only this copy's: another one's are refused for what they are. */
const HANDLE = Symbol('keelson.handle')

/** Says of a class that its objects stand for a service, or for many, and are none themselves. */
export function markAsHandle(cls: { readonly prototype: object }): void {
  Object.defineProperty(cls.prototype, HANDLE, { value: true })
}

/** Whether this only stands for services: it has no hooks, so that as one of them it would do nothing. */
export function isHandle(value: object): value is { readonly name: string } {
  return HANDLE in value
}
