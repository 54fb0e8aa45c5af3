import { ConfigurationError } from '../errors/index.js'
import {
  addMethodFact,
  captureSite,
  type Checks,
  checkOptions,
  type MethodDecoratorOptions,
  oneOf,
  text
} from '../metadata/index.js'
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

const CHECKS: Checks<MethodDecoratorOptions> = { onError: oneOf('crash', 'throw') }

/**
 * Makes a method decorator of one's own. `app.methodsWith(decorator)` finds the methods that carry it, with the
 * options they were given.
 *
 * @param name for messages, without the `@`
 * @param options `{ onError: 'throw' }` where the caller deals with what a method throws, as who answers requests does
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the name is no text, or the options are none
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
export function createMethodDecorator<Options = undefined>(
  name: string,
  options?: MethodDecoratorOptions
): CustomMethodDecorator<Options> {
  const { onError } = ConfigurationError.locating(captureSite(createMethodDecorator), () => {
    text(name, 'what stands in createMethodDecorator()')
    return checkOptions(options, CHECKS, `createMethodDecorator('${name}')`)
  })
  const decorator = (given?: Options, key?: unknown): DualMethodDecorator => {
    refuseBare(name, given, key, true)
    return methodDecorator(name, captureSite(decorator), ({ facts, key: method }) => {
      addMethodFact(facts, { kind: 'custom', key: method, name, decorator, options: given, onError })
    })
  }
  Object.defineProperty(decorator, 'name', { value: name })
  return Object.assign(decorator, { decoratorName: name })
}
