import { ConfigurationError } from '../errors/index.js'
import { addMethodFact, captureSite, text } from '../metadata/index.js'
import { type DualMethodDecorator, methodDecorator, refuseBare } from './dialect.js'

/**
 * A method decorator of one's own, made by {@link createMethodDecorator}. Its identity is what its methods are found
 * by.
 */
export interface CustomMethodDecorator<Options> {
  (...options: undefined extends Options ? [options?: Options] : [options: Options]): DualMethodDecorator
  /** The name it was made with. */
  readonly decoratorName: string
  /** Carries the type only. */
  readonly optionsType?: Options
}

/**
 * Makes a method decorator of one's own. `app.methodsWith(decorator)` finds the methods that carry it, with the
 * options they were given.
 *
 * @param name for messages, without the `@`
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the name is no text
 *
 * @example
 * ```ts
 * const Subscribe = createMethodDecorator<{ topic: string }>('Subscribe')
 *
 * @Service()
 * class Mailer {
 *   @Subscribe({ topic: 'orders' }) async onOrder(order: Order) { … }
 * }
 *
 * for (const { options, call } of app.methodsWith(Subscribe)) broker.subscribe(options.topic, call)
 * ```
 */
export function createMethodDecorator<Options = undefined>(name: string): CustomMethodDecorator<Options> {
  ConfigurationError.locating(captureSite(createMethodDecorator), () =>
    text(name, 'what stands in createMethodDecorator()')
  )
  const decorator = (options?: Options, key?: unknown): DualMethodDecorator => {
    refuseBare(name, options, key, true)
    return methodDecorator(name, captureSite(decorator), ({ facts, key: method }) => {
      addMethodFact(facts, { kind: 'custom', key: method, name, decorator, options })
    })
  }
  Object.defineProperty(decorator, 'name', { value: name })
  return Object.assign(decorator, { decoratorName: name })
}
