import { currentCall, type ServiceRuntime } from '../service/index.js'
import { isAbortError } from '../waits/index.js'
import { AsyncResource } from 'node:async_hooks'

/** Somebody who answers for what nobody caught and no service is known for. */
export interface Answerer {
  uncaught(error: unknown): void
}

/** One pair of listeners serves all: two of them would both crash the service that a rejection came from. */
const answerers = new Set<Answerer>()

/** From now on `answerer` is told what nobody in this process caught. */
export function answerForUncaught(answerer: Answerer): void {
  if (answerers.size === 0) {
    process.on('uncaughtException', uncaught)
    process.on('unhandledRejection', rejected)
  }
  answerers.add(answerer)
}

/** Ends {@link answerForUncaught}; with the last one, nothing is left on the process. */
export function ceaseToAnswer(answerer: Answerer): void {
  answerers.delete(answerer)
  if (answerers.size > 0) return
  process.off('uncaughtException', uncaught)
  process.off('unhandledRejection', rejected)
}

function uncaught(error: unknown): void {
  // What is done about it is not the work of the service in whose call it was thrown.
  outside(() => {
    for (const answerer of answerers) answerer.uncaught(error)
  })
}

/**
 * Node calls this in the async context of the promise that was rejected, or of who rejected it. Measured on 20.20,
 * 22.23 and 24.21: the call of the service is known however many awaits lie between, and for a promise that was made
 * elsewhere and awaited in the service. It is not for what listeners do that were put on in a service and are called
 * from elsewhere; and on 24, when the promise was made in the service and rejected from elsewhere.
 */
function rejected(reason: unknown): void {
  const service = currentCall()?.runtime
  outside(() => {
    if (service === undefined) uncaught(reason)
    else blame(service, reason)
  })
}

function blame(service: ServiceRuntime, reason: unknown): void {
  switch (service.state) {
    case 'starting':
    case 'running':
    case 'stopping':
    case 'crashed':
      // Work that ends by its signal has ended as it should, even when nobody waits for it.
      if ((service.stopReason !== undefined || service.host.isDraining) && isAbortError(reason)) return
      service.crash(reason)
      break
    case 'init':
    case 'waiting':
    case 'backoff':
    case 'stopped':
      // Left over from a run that is over: it tells nothing about the next one.
      if (!isAbortError(reason))
        service.log.error({ err: reason }, 'rejected, unhandled, after its run had ended')
      break
  }
}

/** Runs code in the context in which this file was loaded: that of no service. */
const outside = AsyncResource.bind((code: () => void) => code())
