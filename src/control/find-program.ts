import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nearNames } from '../errors/index.js'
import { ControlError } from './control-error.js'
import { probe } from './probe.js'
import { CONTROL_VARIABLE } from './protocol.js'
import {
  nameInPath,
  onWindows,
  readPlace,
  socketFolders,
  type SocketPlace,
  type Surroundings
} from './socket-place.js'

/** A program that answers at a socket. */
export interface FoundProgram {
  readonly path: string
  /** For people: `Shop (pid 4711)`. */
  readonly label: string
  /** Sockets of programs that are gone, which were taken away on the way. */
  readonly removed: readonly string[]
}

/** Sockets of this user, and those of them whose program is gone. */
interface Found {
  readonly alive: readonly SocketPlace[]
  readonly removed: readonly string[]
}

const HOW_TO_SWITCH_ON = `start it with "keelson start", with ${CONTROL_VARIABLE}=1, or with the option control: true.`

/**
 * Finds the program that a command is meant for.
 *
 * @param wanted the path of its socket, its name, or its process id; on Linux that of the process that has started it
 * too, such as `keelson start`; without it, the one that {@link CONTROL_VARIABLE} names by its path, or the only one there is
 * @throws ControlError when there is none, or more than one; it says which there are
 */
export async function findProgram(
  wanted: string | undefined,
  env: Surroundings = process.env
): Promise<FoundProgram> {
  if (wanted === '') throw new ControlError('the socket is given as nothing', { isUsage: true })
  const path = wanted ?? pathIn(env[CONTROL_VARIABLE])
  if (path !== undefined && isPath(path)) return programAt(path, wanted === undefined ? undefined : env)
  return programNamed(wanted, env)
}

async function programNamed(wanted: string | undefined, env: Surroundings): Promise<FoundProgram> {
  const { alive, removed } = await findAll(env)
  const all = wanted === undefined ? alive : meant(alive, wanted)
  const [only] = all
  if (only !== undefined && all.length === 1) return { path: only.path, label: labelOf(only), removed }
  if (all.length > 1) throw severalError(all, wanted)
  throw wanted === undefined || alive.length === 0 ? noneError(env, removed) : unknownError(wanted, alive)
}

function pathIn(variable: string | undefined): string | undefined {
  return variable !== undefined && isPath(variable) ? variable : undefined
}

function isPath(text: string): boolean {
  return /[/\\]/.test(text) || text.endsWith('.sock')
}

function meant(alive: readonly SocketPlace[], wanted: string): readonly SocketPlace[] {
  const named = alive.filter(({ name, pid }) => String(pid) === wanted || name === nameInPath(wanted))
  // whoever has started a program by a command knows the process of that
  return named.length > 0 ? named : alive.filter(({ pid }) => pid !== undefined && parentOf(pid) === wanted)
}

/** The process that has started another one, where the system tells: on Linux. */
function parentOf(pid: number): string | undefined {
  try {
    return /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

async function findAll(env: Surroundings): Promise<Found> {
  const places = socketFolders(env).flatMap((folder) => placesIn(folder))
  const alive: SocketPlace[] = []
  const removed: string[] = []
  for (const place of places) {
    const failure = await probe(place.path)
    if (failure === undefined) alive.push(place)
    else if (failure === 'ECONNREFUSED' && removeSocket(place.path)) removed.push(place.path)
  }
  return { alive, removed }
}

function placesIn(folder: string): SocketPlace[] {
  try {
    return readdirSync(folder).flatMap((file) => readPlace(folder, file) ?? [])
  } catch {
    return []
  }
}

/** One that was named is reached, or it is said why not. A name may look like a path, as `shop/api` does. */
async function programAt(path: string, env: Surroundings | undefined): Promise<FoundProgram> {
  const failure = await probe(path)
  if (failure === undefined) return { path, label: `the program at ${path}`, removed: [] }
  if (env !== undefined && (failure === 'ENOENT' || failure === 'ENOTDIR')) {
    const { alive } = await findAll(env)
    if (alive.some((place) => place.name === nameInPath(path))) return programNamed(path, env)
  }
  throw whyNot(path, failure)
}

/** What a failure to reach a socket means. */
export function whyNot(path: string, failure: string): ControlError {
  switch (failure) {
    case 'ENOENT':
      return new ControlError(`there is no socket at ${path}`, {
        hint: `the program has ended, or listens elsewhere. To switch its socket on, ${HOW_TO_SWITCH_ON}`
      })
    case 'ECONNREFUSED':
    case 'ENOTSOCK':
      if (!isSocket(path)) return new ControlError(`${path} is no socket`, { isUsage: true })
      return new ControlError(
        `the program of ${path} is gone${removeSocket(path) ? '; its socket was removed' : ''}`,
        { hint: 'it ended without tidying up: it was killed, or it crashed hard.' }
      )
    case 'EACCES':
    case 'EPERM':
      return new ControlError(`${path} belongs to another user${ownerOf(path)}`, {
        hint: 'run the command as the user who runs the program, such as with sudo -u.'
      })
    default:
      return new ControlError(`${path} cannot be reached: ${failure}`)
  }
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === true
}

function removeSocket(path: string): boolean {
  try {
    if (!isSocket(path)) return false
    rmSync(path)
    return true
  } catch {
    return false
  }
}

function ownerOf(path: string): string {
  try {
    return ` (uid ${statSync(path).uid})`
  } catch {
    // It lies in a folder that is closed to us.
    return ''
  }
}

function severalError(places: readonly SocketPlace[], wanted: string | undefined): ControlError {
  const rows = places.map((place) => `  ${labelOf(place)}  ${place.path}`)
  const which = wanted === undefined ? 'several programs run' : `several programs are called ${wanted}`
  return new ControlError(`${which}:\n${rows.join('\n')}`, {
    isUsage: true,
    hint: 'say which one: --socket <path|pid|name>.'
  })
}

function unknownError(wanted: string, alive: readonly SocketPlace[]): ControlError {
  const near = nearNames(
    wanted,
    alive.map((place) => place.name)
  )
  return new ControlError(`no program called ${wanted} runs`, {
    isUsage: true,
    hint:
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `there is ${alive.map((place) => labelOf(place)).join(', ')}.`
  })
}

function noneError(env: Surroundings, removed: readonly string[]): ControlError {
  const others = foldersOfOthers(env)
  const gone = removed.map((path) => `; the socket of one that is gone was removed: ${path}`).join('')
  return new ControlError(`no program with a control socket runs${gone}`, {
    hint:
      others.length === 0
        ? HOW_TO_SWITCH_ON
        : `${HOW_TO_SWITCH_ON} Those of other users are in ${others.join(', ')}: say --socket <path>.`
  })
}

/** Where other users have sockets; whether any of them is alive cannot be seen from here. */
function foldersOfOthers(env: Surroundings): string[] {
  if (onWindows) return []
  const own = socketFolders(env)
  try {
    const folders = readdirSync(tmpdir()).filter((name) => /^keelson-\d+$/.test(name))
    return folders.map((name) => join(tmpdir(), name)).filter((folder) => !own.includes(folder))
  } catch {
    return []
  }
}

function labelOf({ name, pid }: SocketPlace): string {
  return `${name} (pid ${pid})`
}
