import type { RestartType } from '../metadata/index.js'

/** What a service stands in: whoever answers for it, and whoever goes down with it when nobody does. */
export interface Standing {
  readonly restart: RestartType
  /** The supervisor that answers for it, by name; a supervisor may have one of its own. */
  readonly supervisor?: string | undefined
  /** The service that owns it as a child, by name. */
  readonly owner?: string | undefined
  /** Needed through `wanted(...)` alone: its crash does not climb. */
  readonly mayFail?: boolean | undefined
}

/** How far a crash climbs before somebody answers for it. */
export interface Ascent {
  /** The service that crashed, then each owner that crashes with it, with the same reason. */
  readonly crashed: readonly [string, ...string[]]
  /** The supervisor that decides, about the last of `crashed`. */
  readonly supervisor: string | undefined
  /** Nobody answers: the application crashes. */
  readonly application: boolean
}

/**
 * Finds who decides about a crash: the supervisor of the service, else, since its crash crashes its owner, that of
 * its owner, and so on.
 *
 * A crash that nobody answers for ends at a service that is `temporary` or may fail; that one stays crashed, and
 * neither `supervisor` nor `application` is set. Used for a supervisor that crashes or gives up, too.
 *
 * @param standingOf - asked once for each service on the way
 */
export function findDecider(name: string, standingOf: (name: string) => Standing): Ascent {
  const crashed: [string, ...string[]] = [name]
  let standing = standingOf(name)
  while (standing.supervisor === undefined && standing.owner !== undefined && climbs(standing)) {
    crashed.push(standing.owner)
    standing = standingOf(standing.owner)
  }
  const { supervisor } = standing
  return { crashed, supervisor, application: supervisor === undefined && climbs(standing) }
}

function climbs({ restart, mayFail }: Standing): boolean {
  return restart !== 'temporary' && mayFail !== true
}
