import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Service, type ServiceContext } from 'keelson'
import { Options } from '../config/options.js'
import { Api, failure, type Answer } from './api.js'

/** Serves the figures as JSON, on this machine only. */
@Service()
export class HttpServer {
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  readonly #connections = new Set<Socket>()
  #context: ServiceContext | undefined

  constructor(
    private readonly options: Options,
    private readonly api: Api
  ) {
    this.#server.on('connection', (connection: Socket) => {
      this.#connections.add(connection)
      connection.once('close', () => this.#connections.delete(connection))
    })
  }

  /** A port that is taken fails the start. */
  async onStart(context: ServiceContext): Promise<void> {
    this.#context = context
    this.#server.listen(this.options.port, '127.0.0.1')
    await once(this.#server, 'listening')
    context.log.info('listening on %s', this.url)
  }

  /** Takes no new connection, and waits for the answers that are under way. */
  async onDrain({ sleep }: ServiceContext): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    // again and again: a connection that was busy at the first look is idle at a later one
    do {
      this.#server.closeIdleConnections()
      // browsers connect ahead of any request; for Node.js these are not idle
      for (const connection of this.#connections) if (connection.bytesRead === 0) connection.destroy()
    } while (await Promise.race([closed.then(() => false), sleep('50ms')]))
  }

  /** Who still reads an answer by now is cut off. */
  onShutdown(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request)
    const json = `${JSON.stringify(body, null, 2)}\n`
    if (this.#context?.draining.aborted) response.setHeader('connection', 'close')
    if (status === 405) response.setHeader('allow', 'GET, HEAD')
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(json)
    })
    response.end(json) // node leaves the body out where the request was HEAD
  }

  async #answer({ method, url = '/' }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') return failure(405, `${method} is not possible here, only GET`)
    try {
      return await this.api.get(url)
    } catch (error) {
      this.#context?.log.error(error, 'no answer for %s', url)
      return failure(500, 'this went wrong; the log has the reason')
    }
  }
}
