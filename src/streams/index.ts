/**
 * Streams: a current value and a flow of events, shown to users as RxJS Observables whose subscribers cannot
 * disturb anybody; any number of listeners on one `AbortSignal`; and rosters of what comes and goes. The only door to
 * rxjs. It refuses to know what the values mean and who logs the errors.
 * Start reading at `state-stream.ts`.
 */
export { controllerForMany } from './controller-for-many.js'
export { EventStream } from './event-stream.js'
export { isObservable, type OnSubscriberError } from './isolated-observable.js'
export { keepListening, offAbort, onAbort } from './on-abort.js'
export { Roster } from './roster.js'
export { StateStream } from './state-stream.js'
export type { Observable, Subscription } from 'rxjs'
