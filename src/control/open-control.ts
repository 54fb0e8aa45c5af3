import type { ControlledProgram } from './controlled-program.js'
import type { WantedPlace } from './listen.js'

/** A control socket at which somebody answers. */
export interface OpenControl {
  readonly path: string
  /** Answers what is under way, lets everybody go, and takes the socket away. */
  close(): void
}

/**
 * Lets a program answer at its control socket.
 *
 * @throws Error when there can be no socket
 */
export async function openControl(program: ControlledProgram, place: WantedPlace): Promise<OpenControl> {
  // Commands, which are to be quick, come by this room too, and need nothing of it.
  const { ControlServer } = await import('./control-server.js')
  const server = new ControlServer(program)
  try {
    const path = await server.open(place)
    return { path, close: () => server.close() }
  } catch (error) {
    server.close()
    throw error
  }
}
