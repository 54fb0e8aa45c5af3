import { type MethodFact, type MethodFactOf, refuse } from '../metadata/index.js'
import type { ServiceHandle, ServiceRuntime } from '../service/index.js'

/** What `createMethodDecorator` makes: gives a decorator for options, and stands for all methods that carry one. */
// The identity is all that is needed here; the decorators room says what it can be called with.
export type MethodDecoratorFactory<Options> = (options: Options) => unknown

/** A method of a service that carries a decorator of one's own. */
export interface DecoratedMethod<Options = unknown> {
  readonly service: ServiceHandle
  /** The name of the method. */
  readonly method: string | symbol
  /** What the decorator was called with. */
  readonly options: Options
  /**
   * Calls it as the service's own work: what it throws reaches the caller and, unless the decorator was made with
   * `onError: 'throw'`, crashes the service; code in it is known to belong to the service.
   */
  readonly call: (...args: unknown[]) => Promise<unknown>
}

/**
 * The methods of `runtimes` that carry `decorator`, in their order, then in the order of definition.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for what no method can carry
 */
export function decoratedMethods<Options>(
  runtimes: readonly ServiceRuntime[],
  decorator: MethodDecoratorFactory<Options>
): DecoratedMethod<Options>[] {
  if (!isFactory(decorator)) {
    const hint =
      'Give it as it was made: methodsWith(Subscribe), not methodsWith(Subscribe(…)); undefined is an import cycle between files.'
    throw refuse('what methodsWith() is given', decorator, 'a decorator of createMethodDecorator()', hint)
  }
  const found: DecoratedMethod<Options>[] = []
  for (const runtime of runtimes) {
    for (const fact of runtime.described.methods)
      if (isMadeBy(fact, decorator)) found.push(decorated(runtime, fact))
  }
  return found
}

/** Of another copy of the package too. */
function isFactory(decorator: unknown): boolean {
  return typeof decorator === 'function' && Object.hasOwn(decorator, 'decoratorName')
}

function isMadeBy(fact: MethodFact, decorator: unknown): fact is MethodFactOf<'custom'> {
  return fact.kind === 'custom' && fact.decorator === decorator
}

function decorated<Options>(runtime: ServiceRuntime, fact: MethodFactOf<'custom'>): DecoratedMethod<Options> {
  return {
    service: runtime,
    method: fact.key,
    options: fact.options as Options,
    call: (...args) => runtime.invoke(fact.key, args, fact.onError !== 'throw')
  }
}
