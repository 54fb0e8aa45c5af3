import { chmodSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'
import { isAlive } from './probe.js'
import {
  checkLength,
  makeFolder,
  onWindows,
  socketFolders,
  socketPath,
  type Surroundings
} from './socket-place.js'

/** A server that listens. */
export interface Listening {
  readonly path: string
  /** Takes its file away, if it is still its own. */
  remove(): void
}

/** Where an application's socket is to be. */
export interface WantedPlace {
  readonly application: string
  /** Default: in the folder of this user's sockets, named after application and process. */
  readonly path: string | undefined
  readonly env: Surroundings
}

/**
 * Lets a server listen on a Unix socket of mode 0600, or a named pipe on Windows. What is left there of a process that
 * is gone is replaced.
 *
 * @throws Error when there is somebody else, or no socket can be there
 */
export async function listenAt(server: Server, wanted: WantedPlace): Promise<Listening> {
  const path = wanted.path ?? (await freePath(wanted))
  checkLength(path)
  if (onWindows) {
    await listening(server, path)
    return { path, remove: () => undefined }
  }
  if (wanted.path !== undefined) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    if (exists(path) && !lstatSync(path).isSocket()) throw new Error(`${path} is there, and is no socket`)
    if (await isAlive(path)) throw new Error(`another program listens at ${path}`)
  }
  await listenUnseen(server, path)
  const { ino } = lstatSync(path)
  return {
    path,
    remove: () => {
      try {
        if (lstatSync(path).ino === ino) rmSync(path)
      } catch {
        // Somebody has tidied up.
      }
    }
  }
}

/** Nobody comes in before the mode is right: it begins to listen where nobody else may look, and moves then. */
async function listenUnseen(server: Server, path: string): Promise<void> {
  // in the folder itself: the one above may be closed to us, as /run is, and join() would drop a dot that stands alone
  const hidden = mkdtempSync(`${dirname(path)}/.`)
  try {
    const first = join(hidden, 's')
    checkLength(first)
    await listening(server, first)
    chmodSync(first, 0o600)
    renameSync(first, path)
  } finally {
    rmSync(hidden, { recursive: true, force: true })
  }
}

async function freePath({ application, env }: WantedPlace): Promise<string> {
  const folder = usableFolder(env)
  for (let turn = 1; ; turn++) {
    const path = socketPath(folder, application, process.pid, turn)
    if (!(await isAlive(path))) return path
  }
}

/** The runtime folder may be somebody else's, as under sudo. */
function usableFolder(env: Surroundings): string {
  let failure: unknown
  for (const folder of socketFolders(env)) {
    try {
      makeFolder(folder)
      return folder
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Workers of a cluster would otherwise share the one of the primary.
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
