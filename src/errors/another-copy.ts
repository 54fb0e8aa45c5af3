/** Registered, so that what another copy of the package has marked is seen. */
const COPY = Symbol.for('keelson.copy')

/** Stands for this copy: the other has one of its own. */
const OWN = Object.freeze({})

/** Marks what only the copy of the package that made it can work with. What inherits from it is marked too. */
export function markAsOwn(target: object): void {
  Object.defineProperty(target, COPY, { value: OWN })
}

/** Has another copy of the package marked this, or what it inherits from? */
export function isOfAnotherCopy(target: object): boolean {
  return COPY in target && target[COPY] !== OWN
}

/** The same of this alone, such as a token that is a class: what is said of one is said of those that extend it. */
export function isItselfOfAnotherCopy(target: object): boolean {
  return Object.hasOwn(target, COPY) && isOfAnotherCopy(target)
}

/** How two copies become one. */
export const ONE_COPY =
  '`npm ls keelson` shows the copies, and who asks for each: leave one, by `npm dedupe` or "overrides"; libraries name keelson in peerDependencies'

/** What is wrong with a service that extends what only the other copy can work with. */
export function extendsAnotherCopy(name: string): {
  readonly code: 'KEEL_INVALID_OPTION'
  readonly message: string
  readonly hint: string
} {
  return {
    code: 'KEEL_INVALID_OPTION',
    message: `${name} extends ServiceBase, or Supervisor, of another copy of keelson: here it would never start`,
    hint: `${ONE_COPY}.`
  }
}
