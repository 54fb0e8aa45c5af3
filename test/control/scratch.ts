import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createApplication, type Application, type ApplicationOptions, type Class } from 'keelson'
import { ControlClient } from '../../src/control/index.js'

/** A folder with a short path, since sockets have to lie in it; gone with the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kc-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An application with a control socket, and somebody to ask at it; disposed with the scope. */
export async function controlled(
  services: Class<object> | Class<object>[],
  path: string,
  options: ApplicationOptions = {}
): Promise<{ app: Application; client: ControlClient } & AsyncDisposable> {
  const app = await createApplication(services, {
    name: 'Shop',
    logger: { level: 'silent' },
    ...options,
    control: path
  })
  const program = { path, label: 'Shop', removed: [] }
  return {
    app,
    client: new ControlClient(program, 60_000),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]().catch(() => undefined)
    }
  }
}

/** A connection at which a test says what it likes. */
export class Raw {
  readonly socket: Socket
  /** All that has come back, once the other side has ended. */
  readonly ended: Promise<string>
  #text = ''
  #waiters: (() => void)[] = []

  constructor(path: string) {
    this.socket = connect(path)
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString()
      const waiters = this.#waiters
      this.#waiters = []
      for (const look of waiters) look()
    })
    this.ended = new Promise((resolve) => this.socket.on('close', () => resolve(this.#text)))
    this.socket.on('error', () => undefined)
  }

  say(text: string): this {
    this.socket.write(text)
    return this
  }

  /** Resolves once this has come back. */
  hears(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#text.includes(text)) resolve()
        else this.#waiters.push(look)
      }
      look()
    })
  }
}
