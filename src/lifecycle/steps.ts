/** What a start does, in this order. */
export const START_STEPS = ['first-start', 'restart', 'start', 'work', 'children', 'started'] as const

/** What a stop does, in this order, whatever fails on the way. */
export const STOP_STEPS = [
  'settle', // a start step was in flight: its signal is aborted, its end awaited
  'stop',
  'stop-children',
  'shutdown-gate',
  'end-work',
  'release',
  'shutdown'
] as const

/** One step of a start. */
export type StartStep = (typeof START_STEPS)[number]

/** One step of a stop. */
export type StopStep = (typeof STOP_STEPS)[number]

/** One step of a run. */
export type Step = StartStep | StopStep

/** The steps that only call a hook: skipped where the class has none. */
export const HOOK_OF_STEP = {
  'first-start': 'onFirstStart',
  restart: 'onRestart',
  start: 'onStart',
  started: 'onStarted',
  stop: 'onStop',
  shutdown: 'onShutdown'
} as const satisfies Partial<Record<Step, string>>

/** A step that calls a hook. */
export type HookStep = keyof typeof HOOK_OF_STEP

/** A set, since this is asked for each step that is carried out. */
const HOOK_STEPS: ReadonlySet<string> = new Set(Object.keys(HOOK_OF_STEP))
const STOPPING: ReadonlySet<string> = new Set(STOP_STEPS)

/** Whether this step calls a hook. */
export function isHookStep(step: Step): step is HookStep {
  return HOOK_STEPS.has(step)
}

/** Whether this step is one of a stop. */
export function isStopStep(step: Step): step is StopStep {
  return STOPPING.has(step)
}
