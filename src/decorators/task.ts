import { addMethodFact, captureSite, checkOptions, TASK_CHECKS, type TaskOptions } from '../metadata/index.js'
import type { ServiceContext } from '../service/index.js'
import { type DualMethodDecorator, workDecorator, refuseBare } from './dialect.js'

/** A method that is called with the context of its service. */
export type ContextMethod = (context: ServiceContext) => unknown

/**
 * Makes a method a background task: called once per run of the service, after `onStart`. One that returns is done,
 * one that throws crashes the service.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` or `KEEL_INVALID_DURATION`, when the class is defined
 *
 * @example
 * ```ts
 * @Task() async consume({ signal }: ServiceContext) {
 *   for await (const message of this.queue.read({ signal })) await this.handle(message)
 * }
 * ```
 */
export function Task(options?: TaskOptions): DualMethodDecorator<ContextMethod>
export function Task(options?: TaskOptions, key?: unknown): DualMethodDecorator<ContextMethod> {
  refuseBare('Task', options, key)
  const site = captureSite(Task)
  return workDecorator('Task', site, ({ facts, key: method, what }) => {
    addMethodFact(facts, {
      kind: 'task',
      key: method,
      options: checkOptions(options, TASK_CHECKS, what),
      site
    })
  })
}
