import { isAbortError, isEndOfSignal } from '../errors/index.js'
import { currentCall, outsideCalls, type Call } from '../service/index.js'
import { nextTurn } from '../waits/index.js'
import { printError } from './print-error.js'

/** What Node calls it. */
export type Uncaught = 'uncaughtException' | 'unhandledRejection'

/** Somebody who answers for what nobody caught and no service is known for. */
export interface Answerer {
  uncaught(error: unknown, kind: Uncaught): void
  /** Whether it ends, or has ended: nothing of it is left to crash. */
  readonly isOver: boolean
}

/** One pair of listeners serves all: two of them would both crash the service that a rejection came from. */
const answerers = new Set<Answerer>()

/** From now on `answerer` is told what nobody in this process caught. */
export function answerForUncaught(answerer: Answerer): void {
  if (answerers.size === 0) {
    process.on('uncaughtException', thrown)
    process.on('unhandledRejection', rejected)
    process.stderr.on('error', nobodyToTell)
  }
  answerers.add(answerer)
}

/** Ends {@link answerForUncaught}; with the last one, nothing is left on the process. */
export function ceaseToAnswer(answerer: Answerer): void {
  answerers.delete(answerer)
  if (answerers.size > 0) return
  process.off('uncaughtException', thrown)
  process.off('unhandledRejection', rejected)
  process.stderr.off('error', nobodyToTell)
}

/**
 * Resolves when everything has been told that nobody caught so far. Node tells of it only after the turn in which it happened,
 * and a stop, or all that a program does, may be over within that turn.
 */
export function toldOfAll(): Promise<void> {
  return new Promise(nextTurn)
}

/** Printing that nobody reads stderr any more would fail as well, and be printed. */
function nobodyToTell(): void {}

/** A rejection that Node has thrown: it is told of as a rejection next, or not at all. */
let announced: { readonly call: Call | undefined } | undefined

function thrown(error: unknown, origin: Uncaught): void {
  if (origin === 'uncaughtException') {
    uncaught(error, origin)
    return
  }
  // Under --unhandled-rejections=strict a rejection comes here first, and at once where rejections come, by which time
  // Node 20.19 has lost its context, which Node 20.20 has only by then. That of the main module comes here only.
  const own = (announced = { call: currentCall() })
  process.nextTick(() => {
    if (announced !== own) return
    announced = undefined
    uncaught(error, origin)
  })
}

function uncaught(error: unknown, kind: Uncaught): void {
  if (isEndOfSignal(error)) return
  // Node comes here in the context of what threw; to end the application is not that call's work.
  outsideCalls(() => {
    for (const answerer of answerers) answerer.uncaught(error, kind)
  })
}

/**
 * Node comes here in the async context of the promise that was rejected, or of who rejected it. Measured on 20.20,
 * 22.23 and 24.21: the call is known however many awaits and timers lie between, and for a promise that was made
 * elsewhere and awaited by the service. It is not known for what listeners do that the service put on something that
 * is called from elsewhere; nor, on 24, for a promise that was made by the service and rejected from elsewhere.
 */
function rejected(reason: unknown): void {
  const call = currentCall() ?? announced?.call
  announced = undefined
  if (call === undefined) uncaught(reason, 'unhandledRejection')
  else outsideCalls(() => blame(call, reason))
}

function blame(call: Call, reason: unknown): void {
  const { runtime, run } = call
  const isOver = runtime.run !== run || runtime.isAtRest
  const isToEnd = isOver || runtime.stopReason !== undefined || runtime.host.isDraining
  // Work that ends by its signal ends as it should, even when nobody waits for it: that of a call aborts once that is over.
  if (isEndOfSignal(reason) || (isToEnd && isAbortError(reason))) return
  // What comes late tells nothing about the run that is under way, or to come.
  if (isOver) tellOfLate(call, reason)
  else runtime.crash(reason, runtime.pendingStep?.name ?? 'a rejection that nobody handled')
}

/** Of a run that is over nothing is left to crash, but a program that ends with it has not ended well. */
function tellOfLate({ runtime }: Call, reason: unknown): void {
  runtime.log.error({ err: reason }, 'a rejection that nobody handled, of a run that had ended')
  for (const { isOver } of answerers) if (!isOver) return
  if (!runtime.log.isLevelEnabled('error')) printError(reason)
  process.exitCode ||= 1
}
