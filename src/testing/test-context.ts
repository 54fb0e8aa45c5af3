import { isClock } from '../app/index.js'
import { canHoldOptions, refuseUnknownOptions } from '../errors/index.js'
import { createLogger } from '../logging/index.js'
import { refuse } from '../metadata/index.js'
import {
  CONTEXT_MEMBERS,
  createTestHost,
  ScopedContext,
  ServiceRuntime,
  UNDESCRIBED,
  type ServiceContext
} from '../service/index.js'
import { onAbort } from '../streams/index.js'
import { TestClock } from './test-clock.js'

/**
 * A context for calling a task or hook by hand: of a service that runs, on a virtual clock of its own, silent.
 *
 * @param overrides what is to be different, such as `{ sleep: async () => false }`; a `signal` of one's own ends sleeps
 * and waits too
 *
 * @example
 * ```ts
 * const context = createTestContext({ log })
 * await new Orders(db).onStart(context)
 * ```
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` when what is to be different is no object, has what no context has, or a
 * `signal` or `clock` that is none
 */
export function createTestContext(
  overrides: { readonly [Key in keyof ServiceContext]?: ServiceContext[Key] | undefined } = {}
): ServiceContext {
  if (!canHoldOptions(overrides)) throw refuse('what createTestContext() is given', overrides, 'an object')
  refuseUnknownOptions(overrides, CONTEXT_MEMBERS, 'createTestContext()')
  const { clock = new TestClock(), signal } = overrides
  if (!isClock(clock)) throw refuse('clock of createTestContext()', clock, 'a Clock')
  if (signal !== undefined && !isSignal(signal))
    throw refuse('signal of createTestContext()', signal, 'an AbortSignal')
  const host = createTestHost(clock, createLogger(false))
  const runtime = new ServiceRuntime('TestService', UNDESCRIBED, host)
  runtime.bind({})
  runtime.startAlone()
  runtime.proceed()
  const context = new ScopedContext(runtime, runtime.currentRun)
  for (const [key, value] of Object.entries(overrides)) {
    if (value !== undefined) Object.defineProperty(context, key, { value, configurable: true })
  }
  if (signal !== undefined) {
    const end = (): void => runtime.stopAlone({ kind: 'stop', detail: signal.reason })
    if (signal.aborted) end()
    else onAbort(signal, end)
  }
  return context
}

/** That of another realm (jsdom, vm) is a signal too. */
function isSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}
