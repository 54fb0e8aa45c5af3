import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Injectable, Service, Task, Timer, type ServiceContext } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { Journal, rejection } from '../app/journal.js'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function listen(take?: (socket: Socket) => void): Promise<Server> {
  const server = createServer(take).listen(0, '127.0.0.1')
  open.push(() => server.close())
  await once(server, 'listening')
  return server
}

async function connected(server: Server): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  open.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function backend(): Promise<string> {
  const server = createHttpServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  open.push(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A service that opens something in its start, and a dispose that tells what is left behind. */
async function leftBy(begin: () => unknown): Promise<string> {
  @Service()
  class Owner {
    async onStart(): Promise<void> {
      await begin()
    }
  }
  const app = await createTestApplication(Owner).start()
  return String(await rejection(app[Symbol.asyncDispose]()))
}

describe('dispose names what is its own', () => {
  it.each<[string, () => unknown]>([
    ['TCPServerWrap', () => listen()],
    [
      'UDPWrap',
      async () => {
        const socket = createSocket('udp4').bind(0, '127.0.0.1')
        open.push(() => socket.close())
        await once(socket, 'listening')
      }
    ],
    [
      'ProcessWrap',
      () => {
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
        open.push(() => child.kill('SIGKILL'))
        return once(child, 'spawn')
      }
    ],
    [
      'FSEventWrap',
      () => {
        const watcher = watch(import.meta.dirname)
        open.push(() => watcher.close())
      }
    ]
  ])('with the service that opened it: %s', async (kind, begin) => {
    expect(await leftBy(begin)).toContain(`left behind: ${kind} of Owner\n`)
  })

  it('a connection that a server of the service has taken, not the end of it that the test holds', async () => {
    let server: Server | undefined
    @Service()
    class Web {
      async onStart(): Promise<void> {
        server = await listen((socket) => open.push(() => socket.destroy()))
      }
      onStop(): void {
        server?.close()
      }
    }
    const app = await createTestApplication(Web).start()
    for (let n = 0; n < 2; n++) {
      const taken = once(server!, 'connection')
      await connected(server!)
      await taken
    }
    const failure = await rejection(app[Symbol.asyncDispose]())
    expect(String(failure)).toContain('left behind: 2 TCPSocketWrap of Web\n')
  })

  it('what a timer opened long after the start', async () => {
    @Service()
    class Late {
      @Timer('1m') async tick(): Promise<void> {
        await listen()
      }
    }
    const app = await createTestApplication(Late).start()
    await app.clock.advance('1m')
    await app.idle()
    expect(String(await rejection(app[Symbol.asyncDispose]()))).toContain('TCPServerWrap of Late')
  })

  it('what a child opened that it has let go of', async () => {
    const child = new Journal().service('Child', {
      onStart: async () => {
        await listen()
      }
    })
    @Service()
    class Parent {
      @Task() async work(context: ServiceContext): Promise<void> {
        const one = await context.addChild(child, { name: 'one' })
        await context.removeChild(one)
      }
    }
    const app = await createTestApplication(Parent).start()
    await app.idle()
    expect(app.service(Parent).children).toEqual([])
    expect(String(await rejection(app[Symbol.asyncDispose]()))).toContain(
      'left behind: TCPServerWrap of Parent/one\n'
    )
  })

  it.each(['create()', 'a scope'])('what a constructor opened later on: by %s', async (way) => {
    @Injectable({ lifetime: 'scoped' })
    class Listener {
      readonly listening = listen()
    }
    const app = await createTestApplication([], { providers: [Listener] }).start()
    const one = way === 'a scope' ? app.createScope().get(Listener) : app.create(Listener)
    await one.listening
    expect(String(await rejection(app[Symbol.asyncDispose]()))).toContain(
      'left behind: TCPServerWrap of a constructor or factory\n'
    )
  })
})

describe('dispose blames the application for nothing', () => {
  it('that the test opened meanwhile, and what came to it', async () => {
    const app = await createTestApplication(new Journal().service('A')).start()
    const server = await listen((socket) => open.push(() => socket.destroy()))
    const taken = once(server, 'connection')
    await connected(server)
    await taken
    await expect(app[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })

  it('that another application has open', async () => {
    @Service()
    class Web {
      server: Server | undefined
      async onStart(): Promise<void> {
        this.server = await listen()
      }
      onStop(): void {
        this.server?.close()
      }
    }
    const first = await createTestApplication(new Journal().service('A')).start()
    const [one, other] = [await createTestApplication(Web).start(), await createTestApplication(Web).start()]
    await expect(first[Symbol.asyncDispose]()).resolves.toBeUndefined()
    await expect(one[Symbol.asyncDispose]()).resolves.toBeUndefined()
    await expect(other[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })

  it('that keeps a connection alive between two requests, at either end', async () => {
    const url = await backend()
    @Service()
    class Poller {
      answers = 0
      async onStart(): Promise<void> {
        await this.poll()
      }
      @Timer('1m') async poll(): Promise<void> {
        const answer = await fetch(url)
        if ((await answer.text()) === 'ok') this.answers++
      }
    }
    const first = await createTestApplication(Poller).start()
    const second = await createTestApplication(Poller).start()
    await first.clock.advance('1m')
    await first.idle()
    expect(first.get(Poller).answers).toBe(2)
    await expect(first[Symbol.asyncDispose]()).resolves.toBeUndefined()
    await (await fetch(url)).text()
    await expect(second[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })
})
