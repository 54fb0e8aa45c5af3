import { currentCall, outsideCalls, type Call } from '../service/index.js'
import { isAbortError } from '../waits/index.js'

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
    process.stderr.on('error', nobodyToTell)
  }
  answerers.add(answerer)
}

/** Ends {@link answerForUncaught}; with the last one, nothing is left on the process. */
export function ceaseToAnswer(answerer: Answerer): void {
  answerers.delete(answerer)
  if (answerers.size > 0) return
  process.off('uncaughtException', uncaught)
  process.off('unhandledRejection', rejected)
  process.stderr.off('error', nobodyToTell)
}

/** Printing that nobody reads stderr any more would fail as well, and be printed. */
function nobodyToTell(): void {}

function uncaught(error: unknown): void {
  // Node comes here in the context of what threw; to end the application is not that call's work.
  outsideCalls(() => {
    for (const answerer of answerers) answerer.uncaught(error)
  })
}

/**
 * Node comes here in the async context of the promise that was rejected, or of who rejected it. Measured on 20.20,
 * 22.23 and 24.21: the call is known however many awaits and timers lie between, and for a promise that was made
 * elsewhere and awaited by the service. It is not known for what listeners do that the service put on something that
 * is called from elsewhere; nor, on 24, for a promise that was made by the service and rejected from elsewhere.
 */
function rejected(reason: unknown): void {
  const call = currentCall()
  if (call === undefined) uncaught(reason)
  else outsideCalls(() => blame(call, reason))
}

function blame({ runtime, run }: Call, reason: unknown): void {
  const isOver = runtime.run !== run || runtime.isAtRest
  const isToEnd = isOver || runtime.stopReason !== undefined || runtime.host.isDraining
  // Work that ends by its signal ends as it should, even when nobody waits for it.
  if (isToEnd && isAbortError(reason)) return
  // What comes late tells nothing about the run that is under way, or to come.
  if (isOver) runtime.log.error({ err: reason }, 'a rejection that nobody handled, of a run that had ended')
  else runtime.crash(reason, runtime.pendingStep?.name ?? 'a rejection that nobody handled')
}
