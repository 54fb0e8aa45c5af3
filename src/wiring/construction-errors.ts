import {
  errorOfProblems,
  type KeelsonError,
  LifecycleError,
  type Problem,
  type ProblemsError
} from '../errors/index.js'
import type { Token } from '../tokens/index.js'
import type { Overlay } from './overlay.js'
import type { LinkedDependency, ProviderNode } from './provider-node.js'
import { asker, written } from './words.js'

/** Errors that Keelson itself raised while something was constructed: these are told as they are, wherever they surface. */
const own = new WeakSet<object>()

/** Marks an error as Keelson's own. */
function mark<E extends KeelsonError>(error: E): E {
  own.add(error)
  return error
}

/** Tells whether an error that came out of a user's constructor is Keelson's own. */
export function isOwnError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && own.has(error)
}

/** Something is wrong with the edges of `inject()`. */
export function wiringError(problems: readonly Problem[]): ProblemsError {
  return mark(errorOfProblems(problems))
}

/**
 * The value of an async factory was needed by somebody who cannot wait.
 *
 * @param injected what it was asked for by, where a constructor did
 */
export function notReady(
  factory: ProviderNode,
  asking: ProviderNode | undefined,
  injected?: LinkedDependency
): LifecycleError {
  const token = injected === undefined ? factory.label : written(injected.token)
  const who = asking === undefined ? 'It was asked for' : `${asker(asking)} asks for it`
  return mark(
    new LifecycleError('KEEL_ASYNC_NOT_READY', {
      message: `${factory.label} comes from an async factory, which has not settled\n${who} where nothing can wait`,
      hint:
        (injected?.request.all === true
          ? `Declare it: inject: [all(${token})], or a constructor parameter with @InjectAll(${token}).`
          : `Declare it: inject: [${token}], a constructor parameter, or @DependsOn(${token}) beside an inject().`) +
        ' What is declared is awaited first.',
      service: asking?.name,
      location: asking?.location
    })
  )
}

/** An async factory that is called anew for each that asks, or by a scope or a child, which cannot wait. */
export function asyncNotKept(factory: ProviderNode, overlay: Overlay | undefined): LifecycleError {
  const { label, lifetime } = factory
  const isOwn = overlay !== undefined && [...overlay.providers.values()].flat().includes(factory)
  const kind = isOwn ? 'among the providers of a scope or a child' : `that is ${lifetime}`
  return mark(
    new LifecycleError('KEEL_ASYNC_NOT_READY', {
      message: `the factory of ${label} is async, which one ${kind} cannot be`,
      hint: isOwn
        ? `Await its value before, and provide that: { provide: ${label}, useValue: … }.`
        : 'Make it a singleton, or let it return the value at once.'
    })
  )
}

/** A lazy dependency was used in a constructor. */
export function lazyNotReady(target: string): LifecycleError {
  return mark(
    new LifecycleError('KEEL_ASYNC_NOT_READY', {
      message: `the lazy dependency ${target} was asked for while the application is still being constructed`,
      hint: 'Call get() in a hook or later; what is needed in the constructor cannot be lazy.'
    })
  )
}

const SHOWN_ENDS = 3

/** A chain of `inject()` calls was longer than the stack. */
export function tooDeep(chain: readonly ProviderNode[]): LifecycleError {
  const names = chain.map((node) => node.name)
  const ends = [...names.slice(0, SHOWN_ENDS), '…', ...names.slice(-SHOWN_ENDS)].join(' → ')
  return mark(
    new LifecycleError('KEEL_CONSTRUCTION_TOO_DEEP', {
      message: `a chain of ${names.length} inject() calls nested more constructors than the stack can hold\n${ends}`,
      path: names
    })
  )
}

/** A service was reached that the application was not built with. */
export function tooLate(node: ProviderNode): LifecycleError {
  return mark(
    new LifecycleError('KEEL_UNKNOWN_TOKEN', {
      message: `${node.label} is a service, but nothing that the application was built from needs or lists it`,
      hint: `List it in a module, or name it in @DependsOn: a service has to be there when the application starts.`,
      location: node.location
    })
  )
}

/** A service was reached that was left out, since only some were asked for. `asked` needs it, if anything does. */
export function leftOut(
  node: ProviderNode,
  asked: ProviderNode | undefined,
  only: readonly Token[]
): LifecycleError {
  const names = only.length < 4 ? only.map(written) : ['…']
  const declared =
    asked === undefined
      ? ''
      : `, or declare on ${asked.label} what its constructor asks for only when it runs: @DependsOn(${node.label})`
  return mark(
    new LifecycleError('KEEL_UNKNOWN_TOKEN', {
      message: `${asked === undefined ? '' : `${asked.label} injects ${node.label}: `}${node.label} is a service, but was left out: it was not asked for, and nothing that was declares to need it`,
      hint: `Name it as well, as in slice([${[...names, node.label].join(', ')}], …)${declared}.`,
      location: node.location
    })
  )
}

/** The application, or a scope, is gone. */
export function disposedError(what: string, whose: 'application' | 'scope' = 'application'): LifecycleError {
  return new LifecycleError('KEEL_DISPOSED', {
    message: `${what} comes too late: the ${whose} has been disposed`,
    hint: `Get what you need before it is disposed, or create a new ${whose}.`
  })
}
