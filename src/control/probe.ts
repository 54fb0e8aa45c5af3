import { connect } from 'node:net'

/** Why nobody could be reached at a path, as Node names it; undefined: somebody listens. */
export function probe(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // More want to get in than it has taken in yet: it is there, and busy.
      resolve(error.code === 'EAGAIN' ? undefined : (error.code ?? 'UNKNOWN'))
    })
  })
}

/** Whether somebody listens there. */
export async function isAlive(path: string): Promise<boolean> {
  return (await probe(path)) === undefined
}
