import { request, type IncomingMessage } from 'node:http'
import { formatDuration, systemClock } from '../time/index.js'
import { ControlError } from './control-error.js'
import { whyNot, type FoundProgram } from './find-program.js'
import { PROTOCOL, PROTOCOL_HEADER, type FailureView } from './protocol.js'

/** What stands behind the question mark; undefined words are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** Asks a program at its control socket. */
export class ControlClient {
  readonly program: FoundProgram
  readonly #patience: number

  /** @param patience how long the program may take to begin an answer, in milliseconds */
  constructor(program: FoundProgram, patience: number) {
    this.program = program
    this.#patience = patience
  }

  /**
   * Asks for something, and waits for it.
   *
   * @throws ControlError when it is refused, fails, or nobody answers
   */
  async ask<T>(method: 'GET' | 'POST', path: string, query: Query = {}): Promise<T> {
    const response = await this.#send(method, path, query)
    const body = parseJSON(await this.#text(response))
    if (isFailure(body)) throw new ControlError(body.error.message, body.error)
    if (response.statusCode === 202) return (body as { readonly result: T }).result
    return body as T
  }

  /**
   * Gets lines as they come, until the program ends.
   *
   * @throws ControlError as {@link ask} does
   */
  async *lines(path: string, query: Query = {}): AsyncGenerator<string> {
    const response = await this.#send('GET', path, query)
    if (response.statusCode !== 200) {
      const body = parseJSON(await this.#text(response))
      throw isFailure(body) ? new ControlError(body.error.message, body.error) : this.#notOurs()
    }
    let rest = ''
    response.setEncoding('utf8')
    try {
      for await (const chunk of response as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      }
    } catch {
      // It ended in the middle: what came before counts.
    }
    if (rest !== '') yield rest
  }

  #send(method: string, path: string, query: Query): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const socketPath = this.program.path
      const sent = request({ socketPath, method, path: path + queryText(query), agent: false })
      const timer = systemClock.setTimeout(() => {
        sent.destroy()
        reject(this.#blocked())
      }, this.#patience)
      sent.on('response', (response) => {
        systemClock.clearTimeout(timer)
        const protocol = response.headers[PROTOCOL_HEADER]
        if (protocol === String(PROTOCOL)) resolve(response)
        else {
          sent.destroy()
          reject(protocol === undefined ? this.#notOurs() : this.#otherProtocol(String(protocol)))
        }
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        systemClock.clearTimeout(timer)
        reject(this.#unreached(error))
      })
      sent.end()
    })
  }

  async #text(response: IncomingMessage): Promise<string> {
    let text = ''
    response.setEncoding('utf8')
    try {
      for await (const chunk of response as AsyncIterable<string>) text += chunk
    } catch {
      throw this.#ended()
    }
    return text
  }

  #unreached(error: NodeJS.ErrnoException): ControlError {
    const { code = '' } = error
    if (code.startsWith('HPE_')) return this.#notOurs()
    if (code === 'ECONNRESET' || code === 'EPIPE') return this.#ended()
    return whyNot(this.program.path, code === '' ? error.message : code)
  }

  #blocked(): ControlError {
    const patience = formatDuration(this.#patience)
    return new ControlError(`${this.program.label} does not answer within ${patience}`, {
      hint:
        'its event loop is blocked, or the process is suspended. Start it with --debug, or with the option ' +
        'blockingTimeout, to see which code blocks.'
    })
  }

  #ended(): ControlError {
    return new ControlError(`${this.program.label} ended before it had answered`)
  }

  #notOurs(): ControlError {
    return new ControlError(`what listens at ${this.program.path} is no program of Keelson`, {
      isUsage: true
    })
  }

  #otherProtocol(protocol: string): ControlError {
    return new ControlError(
      `${this.program.label} speaks version ${protocol} of the protocol, this command version ${PROTOCOL}`,
      { hint: 'use the keelson command that is installed with the program: npx keelson, in its folder.' }
    )
  }
}

function queryText(query: Query): string {
  const words = new URLSearchParams()
  for (const [word, value] of Object.entries(query)) if (value !== undefined) words.set(word, String(value))
  return words.size === 0 ? '' : `?${words.toString()}`
}

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { error: { isUsage: false, message: 'the answer of the program cannot be read' } }
  }
}

function isFailure(body: unknown): body is FailureView {
  return typeof body === 'object' && body !== null && 'error' in body
}
