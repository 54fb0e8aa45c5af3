/** Only this copy's: another one's are refused for what they are. */
const HANDLE = Symbol('keelson.handle')

/** What `console.log` of Node.js asks an object for. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * Says of a class that its objects stand for a service, or for many, and are none themselves. They are printed as the line that
 * their `toString()` gives: what is in them is the framework's.
 */
export function markAsHandle(cls: { readonly prototype: object }): void {
  Object.defineProperty(cls.prototype, HANDLE, { value: true })
  Object.defineProperty(cls.prototype, INSPECT, { value: asLine })
}

function asLine(this: { toString(): string }): string {
  return this.toString()
}

/** Whether this only stands for services: it has no hooks, so that as one of them it would do nothing. */
export function isHandle(value: object): value is { readonly name: string } {
  return HANDLE in value
}
