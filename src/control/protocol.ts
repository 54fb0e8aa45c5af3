import type { HealthReport } from '../app/index.js'
import type { ApplicationSnapshot, TaskDetails } from '../dump/index.js'
import type { ServiceState } from '../lifecycle/index.js'
import type { ThrownJSON } from '../errors/index.js'

/** Raised when a client of the last version would misunderstand the new one; more fields alone do not raise it. */
export const PROTOCOL = 1
/** Stands in every answer: what has none is no program of ours. */
export const PROTOCOL_HEADER = 'keelson-protocol'
/** Switches the socket on: `1`, or where it is to be. Tells commands where it is, too. */
export const CONTROL_VARIABLE = 'KEELSON_CONTROL'

/** `ps`. Times are milliseconds since the epoch here and below, unless their name ends in `Ms`. */
export type ServicesView = Omit<ApplicationSnapshot, 'graph'>

/** A timer or cron: one row of `cron`. */
export interface CronView extends TaskDetails {
  readonly service: string
  readonly schedule:
    | { readonly kind: 'timer'; readonly everyMs: number; readonly mode: 'rate' | 'delay' }
    | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string }
    /** Its service does not run, or it is disabled. */
    | { readonly kind: 'off'; readonly reason: string }
  /** The slots to come, five at most. */
  readonly next: readonly number[]
}

/** `cron` */
export interface CronsView {
  /** The program's clock. */
  readonly now: number
  readonly crons: readonly CronView[]
}

/** `level`: of one logger. */
export interface LevelView {
  /** `*`: the application itself. */
  readonly service: string
  readonly level: string
  /** Before it was changed. */
  readonly before?: string
}

/** `stop` and `restart`: the services that are in another state, or another run, than before. */
export interface StopView {
  readonly application: string
  readonly changed: readonly { readonly service: string; readonly state: string }[]
  readonly durationMs: number
}

/** `run` */
export interface RunView {
  readonly service: string
  readonly task: string
  readonly status: 'done' | 'failed' | 'skipped'
  readonly durationMs: number
  readonly error?: ThrownJSON
}

/** `dump` */
export interface DumpView extends ApplicationSnapshot {
  /** What SIGUSR2 prints. */
  readonly text: string
}

/** `health` */
export type HealthView = Omit<HealthReport, 'services'> & {
  readonly application: string
  readonly services: readonly {
    readonly name: string
    readonly parent?: string
    readonly state: ServiceState
    readonly ready: boolean
    readonly critical: boolean
    readonly checks: readonly {
      readonly name: string
      readonly healthy: boolean
      readonly critical: boolean
      readonly checkedAt: number
      readonly durationMs: number
      readonly error?: ThrownJSON
    }[]
  }[]
}

/** What was not done, and why. */
export interface FailureView {
  readonly error: {
    /** The caller is to ask for something else; otherwise the program could not do it. */
    readonly isUsage: boolean
    readonly message: string
    readonly hint?: string
    readonly code?: string
  }
}

/** The answer to what takes its time; whether it is accepted is known before. */
export type OutcomeView = { readonly result: unknown } | FailureView
