import { addMethodFact, captureSite, text } from '../metadata/index.js'
import { type DualMethodDecorator, methodDecorator, refuseBare } from './dialect.js'

/**
 * Counts `name` among the current activities of the service while the method runs, whoever calls it: what a service
 * is busy with is shown by its handle, by the dump, and when it is slow to stop.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the class is defined
 *
 * @example
 * ```ts
 * @Activity('importing') async import(file: string) { await this.db.load(file) }
 * ```
 */
export function Activity(name: string): DualMethodDecorator
export function Activity(name: string, key?: unknown): DualMethodDecorator {
  refuseBare('Activity', name, key)
  return methodDecorator('Activity', captureSite(Activity), ({ facts, key: method, what }) => {
    text(name, `the name of ${what}`)
    addMethodFact(facts, { kind: 'activity', key: method, name, options: undefined })
  })
}
