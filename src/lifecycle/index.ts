/**
 * The machine of one service: its states, the table of legal moves, the steps of a start and of a stop, and the
 * reducer that ties them together. Pure data and functions: no clock, no promise, no container, no other service.
 * Start reading at `service-state.ts`, then `situation.ts` and `machine.ts`.
 */
export { initialMachine, reduce, withShape } from './machine.js'
export type { Machine, MachineEvent, Steps } from './machine.js'
export type { MachineShape } from './situation.js'
export { canMove, TRANSITIONS } from './service-state.js'
export type { ServiceState, StopReason } from './service-state.js'
export { HOOK_OF_STEP, isHookStep, isStopStep, START_STEPS, STOP_STEPS } from './steps.js'
export type { HookStep, StartStep, Step, StopStep } from './steps.js'
