import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Whether sockets are named pipes, which are no files. */
export const onWindows = process.platform === 'win32'
const PIPES = '\\\\.\\pipe\\'
/** The longest path that a Unix socket may have; macOS has the shortest. */
const LONGEST_PATH = 103
const LONGEST_NAME = 40

/** What the surroundings say about where sockets are. */
export type Surroundings = Readonly<Record<string, string | undefined>>

/** A program's socket, as its path tells. */
export interface SocketPlace {
  readonly path: string
  /** The application's name, as far as it can stand in a path. */
  readonly name: string
  readonly pid: number | undefined
}

/** The folders of this user's sockets, the one to use first. */
export function socketFolders(env: Surroundings): string[] {
  if (onWindows) return [PIPES]
  const runtime = env['XDG_RUNTIME_DIR']
  // Whoever looks may have been logged in otherwise than whoever started the program.
  const common = join(tmpdir(), `keelson-${ownUid()}`)
  return runtime === undefined || runtime === '' ? [common] : [join(runtime, 'keelson'), common]
}

/**
 * Makes the folder, for this user alone.
 *
 * @throws Error when it is somebody else's, or open to others
 */
export function makeFolder(folder: string): void {
  if (onWindows) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const isOwn = uid === ownUid() && (mode & 0o170000) === 0o040000
  if (isOwn && (mode & 0o077) === 0) return
  throw new Error(`${folder} ${isOwn ? 'is open to other users: chmod 700 it' : 'belongs to somebody else'}`)
}

/** Where the socket of an application is to be; `turn` counts applications of one name in one process. */
export function socketPath(folder: string, application: string, pid: number, turn: number): string {
  const name = nameInPath(application)
  const file = `${name}-${pid}${turn === 1 ? '' : `.${turn}`}`
  return onWindows ? `${PIPES}keelson-${ownName()}-${file}` : join(folder, `${file}.sock`)
}

/** What a path, or the name of a file in one of the folders, tells; undefined when it is none of ours. */
export function readPlace(folder: string, file: string): SocketPlace | undefined {
  const start = onWindows ? `keelson-${ownName()}-` : ''
  const end = onWindows ? '' : '.sock'
  if (!file.startsWith(start) || !file.endsWith(end)) return undefined
  const match = /^(.*)-(\d+)(?:\.\d+)?$/.exec(file.slice(start.length, file.length - end.length))
  if (match === null) return undefined
  return { path: onWindows ? PIPES + file : join(folder, file), name: match[1]!, pid: Number(match[2]) }
}

/** @throws Error when no socket can have this path */
export function checkLength(path: string): void {
  if (onWindows || Buffer.byteLength(path) <= LONGEST_PATH) return
  throw new Error(`${path} is longer than the ${LONGEST_PATH} bytes that the path of a socket may have`)
}

/** The name of an application, as it stands in paths. */
export function nameInPath(application: string): string {
  return application.replaceAll(/[^\w.]+/g, '_').slice(0, LONGEST_NAME) || 'application'
}

function ownUid(): number {
  return process.getuid?.() ?? -1
}

function ownName(): string {
  return nameInPath(userInfo().username)
}
