import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ControlError, failureOf } from './control-error.js'
import type { ControlledProgram } from './controlled-program.js'
import { listenAt, type Listening, type WantedPlace } from './listen.js'
import type { Lines } from './log-lines.js'
import { PROTOCOL, PROTOCOL_HEADER } from './protocol.js'
import { RequestQuery } from './request-query.js'
import { REQUESTS, type Answer } from './requests.js'

/** More connections than any number of people open. */
const MOST_CONNECTIONS = 64
/** How long a request may take to come in, in milliseconds. */
const REQUEST_TIMEOUT = 5000
/** A reader that is behind by more bytes than this loses lines. */
const MOST_UNREAD = 1 << 20

/**
 * Answers for a program on its control socket, from {@link open} to {@link close}. Never keeps the process alive, and
 * never holds up its end: what is under way when it closes is answered with that.
 */
export class ControlServer {
  readonly #program: ControlledProgram
  readonly #server: Server
  /** Ends what is under way. */
  readonly #open = new Set<() => void>()
  #listening: Listening | undefined
  readonly #remove = (): void => this.#listening?.remove()

  constructor(program: ControlledProgram) {
    this.#program = program
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT })
    this.#server.maxConnections = MOST_CONNECTIONS
    this.#server.on('request', (request, response) => this.#answer(request, response))
    this.#server.on('connection', (socket) => {
      socket.unref()
      // Whoever went away in the middle of an answer is nobody's trouble.
      socket.on('error', () => socket.destroy())
    })
  }

  /**
   * Begins to listen.
   *
   * @returns the path of its socket
   * @throws Error when there can be no socket
   */
  async open(place: WantedPlace): Promise<string> {
    this.#listening = await listenAt(this.#server, place)
    this.#server.unref()
    // A second signal, or process.exit() in somebody's code, does not come by close().
    process.on('exit', this.#remove)
    return this.#listening.path
  }

  /** Answers what is under way, lets everybody go, and takes the socket away. */
  close(): void {
    process.off('exit', this.#remove)
    this.#server.close()
    for (const end of [...this.#open]) end()
    this.#remove()
    this.#server.closeAllConnections()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader(PROTOCOL_HEADER, PROTOCOL)
    response.setHeader('connection', 'close')
    // Everything stands in the query; what else is sent is not waited for.
    request.resume()
    response.on('error', () => response.destroy())
    try {
      const answer = this.#act(request)
      if ('value' in answer) sendJSON(response, 200, answer.value)
      else if ('lines' in answer) this.#sendLines(response, answer.lines)
      else this.#sendOutcome(response, answer.outcome)
    } catch (error) {
      const status = error instanceof HttpError ? error.status : error instanceof ControlError ? 400 : 500
      sendJSON(response, status, failureOf(error))
    }
  }

  #act({ method, url = '' }: IncomingMessage): Answer {
    const { pathname, searchParams } = readUrl(url)
    const found = Object.hasOwn(REQUESTS, pathname) ? REQUESTS[pathname] : undefined
    if (found === undefined) {
      throw new HttpError(404, `there is no ${pathname}`, `there is ${Object.keys(REQUESTS).join(', ')}.`)
    }
    if (method !== found.method) throw new HttpError(405, `${pathname} is asked for with ${found.method}`)
    return found.answer(this.#program, new RequestQuery(searchParams, found.words))
  }

  #sendOutcome(response: ServerResponse, outcome: Promise<unknown>): void {
    // The head goes at once: whoever waits knows from it that the program is alive.
    response.writeHead(202, { 'content-type': 'application/json' })
    response.flushHeaders()
    const end = (view: unknown): void => {
      if (!this.#open.delete(giveUp)) return
      response.end(`${JSON.stringify(view)}\n`)
    }
    const giveUp = (): void => end(failureOf(new ControlError('the program has ended before this was over')))
    this.#open.add(giveUp)
    response.on('close', () => this.#open.delete(giveUp))
    outcome.then(
      (result) => end({ result }),
      (error: unknown) => end(failureOf(error))
    )
  }

  #sendLines(response: ServerResponse, { first, follow }: Lines): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    for (const line of first) response.write(line)
    if (follow === undefined) return void response.end()
    let lost = 0
    const unfollow = follow((line) => {
      if (response.writableLength > MOST_UNREAD) return void lost++
      if (lost > 0) response.write(lostLines(this.#program, lost))
      lost = 0
      response.write(line)
    })
    const end = (): void => {
      unfollow()
      response.end()
    }
    this.#open.add(end)
    response.on('close', () => {
      this.#open.delete(end)
      unfollow()
    })
  }
}

/** A request that is none of ours. */
class HttpError extends ControlError {
  readonly status: number

  constructor(status: number, message: string, hint?: string) {
    super(message, { isUsage: true, hint })
    this.status = status
  }
}

function readUrl(url: string): URL {
  try {
    return new URL(url, 'http://localhost')
  } catch {
    throw new HttpError(400, 'the address cannot be read')
  }
}

function sendJSON(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}

/** In the form of the lines around it. */
function lostLines({ app }: ControlledProgram, count: number): string {
  const msg = `${count} ${count === 1 ? 'line' : 'lines'} left out: the reader was too slow`
  return `${JSON.stringify({ level: 40, time: app.settings.clock.now(), msg })}\n`
}
