/**
 * The control socket: what a running program tells, and lets be done, to other processes of the same user. The server
 * is in the program, the client in the command line; between them HTTP on a Unix socket, never TCP. It refuses to know
 * when a program begins and ends, and how answers look on a terminal.
 * Start reading at `protocol.ts` (what is said), then `requests.ts` (what is done about it).
 */
export { ControlClient } from './control-client.js'
export { ControlError } from './control-error.js'
export { findProgram } from './find-program.js'
export { LogRing } from './log-ring.js'
export { openControl } from './open-control.js'
export type {
  CronsView,
  CronView,
  DumpView,
  HealthView,
  LevelView,
  RunView,
  ServicesView,
  StopView
} from './protocol.js'
