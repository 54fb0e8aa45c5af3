import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as realDelay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Module, Service, Task, type ServiceContext } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { rejection } from '../app/journal.js'

/** Longer than an open socket is given before other timers go on. */
const ANSWER_MS = 250

/** A server that takes its time, in a process of the test: nothing of the application's is open but its own connections. */
async function slowly<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((_request, response) => {
    void realDelay(ANSWER_MS).then(() => response.end('ok'))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  try {
    return await use((server.address() as AddressInfo).port)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function ask(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })
  return response.text()
}

async function exchange(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.0\r\n\r\n')
  await new Promise((answered) => socket.once('data', answered))
  socket.destroy()
}

describe('the time limit of', () => {
  it.each(['onStart', 'onStarted', 'onReady', 'onDrain', 'onStop', 'onShutdown'] as const)(
    '%s does not expire while an answer is awaited',
    async (hook) => {
      await slowly(async (port) => {
        let answer: string | undefined
        @Service({ startTimeout: '1s', stopTimeout: '1s' })
        class Client {
          async [hook as 'onStart'](): Promise<void> {
            answer = await ask(port)
          }
        }
        const app = await createTestApplication(Client).start()
        await app.stop()
        expect(answer).toBe('ok')
      })
    }
  )

  it.each([
    ['a raw connection', exchange],
    [
      'a child process',
      async () => promisify(execFile)(process.execPath, ['-e', `setTimeout(() => {}, ${ANSWER_MS})`])
    ],
    ['a real timer', async () => realDelay(ANSWER_MS)]
  ] as const)('a hook does not expire while it waits for %s', async (_, wait) => {
    await slowly(async (port) => {
      @Service({ startTimeout: '1s' })
      class Client {
        async onStart(): Promise<void> {
          await wait(port)
        }
      }
      const app = await createTestApplication(Client).start()
      expect(app.state).toBe('running')
      await app.stop()
    })
  })

  it('a factory does not expire either, nor does the stop that waits for a task', async () => {
    await slowly(async (port) => {
      let answer: string | undefined
      @Service({ stopTimeout: '1s' })
      class Client {
        @Task() async work(): Promise<void> {
          answer = await ask(port)
        }
      }
      const factory = { provide: 'answer', useFactory: async () => ask(port), startTimeout: '1s' } as const
      @Module({ providers: [Client, factory] })
      class Root {}
      const app = await createTestApplication(Root).start()
      expect(app.get('answer')).toBe('ok')
      await app.stop()
      expect(answer).toBe('ok')
    })
  })

  it('a hook that waits for nothing real expires at once, and so does it with a server that is open', async () => {
    await slowly(async () => {
      @Service({ startTimeout: '1s' })
      class Hanging {
        async onStart({ use }: ServiceContext): Promise<void> {
          const server = createServer()
          use({ [Symbol.dispose]: () => void server.close() })
          await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
          await new Promise(() => {})
        }
      }
      const begun = performance.now()
      const error = await rejection(createTestApplication(Hanging).start())
      expect(error).toMatchObject({ cause: { code: 'KEEL_START_TIMEOUT' } })
      expect(performance.now() - begun).toBeLessThan(2000)
    })
  })
})
