import { describe, expect, it } from 'vitest'
import { HealthCheck, Service, Task, type Application, type ServiceContext } from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { SystemdBusy } from '../../src/process/systemd-notify.js'
import { readSystemdOrders, statusOf, SystemdReporter } from '../../src/process/systemd.js'
import { NotifySocket } from './datagrams.js'
import { compilePrograms } from './program.js'

const run = compilePrograms()

type Live = ConstructorParameters<typeof SystemdReporter>[0]

@Service()
class Reader {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep('1s')
  }
  @Task() async read({ stopRequested }: ServiceContext): Promise<void> {
    await stopRequested()
  }
  async onShutdown(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

describe('what systemd says', () => {
  it.each<[env: Record<string, string>, orders: ReturnType<typeof readSystemdOrders>]>([
    [{}, undefined],
    [{ NOTIFY_SOCKET: '' }, undefined],
    [{ WATCHDOG_USEC: '30000000' }, undefined],
    [{ NOTIFY_SOCKET: '/run/x' }, { watchdogMs: undefined }],
    [{ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '30000000' }, { watchdogMs: 15_000 }],
    [{ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, { watchdogMs: 15_000 }],
    [{ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, { watchdogMs: undefined }],
    [{ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: 'soon' }, { watchdogMs: undefined }],
    [{ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '0' }, { watchdogMs: undefined }]
  ])('in %j is read', (env, orders) => {
    expect(readSystemdOrders(env, 7)).toEqual(orders)
  })
})

describe('a report to systemd', () => {
  async function reporting(
    send?: (assignments: readonly string[]) => Promise<void>
  ): Promise<{ app: TestApplication; told: string[] }> {
    const told: string[] = []
    const app = await createTestApplication(Reader).create()
    const record = (assignments: readonly string[]): Promise<void> => {
      told.push(assignments.join(';'))
      return send?.(assignments) ?? Promise.resolve()
    }
    void new SystemdReporter(app as unknown as Live, { watchdogMs: 15_000 }, record)
    return { app, told }
  }

  it('that cannot be sent is given up, with one warning, and disturbs nothing', async () => {
    const { app, told } = await reporting(() => Promise.reject(new Error('no helper: install it')))
    await app.start()
    await app.clock.advance('5m')
    expect(told).toHaveLength(1)
    expect(app.logs.filter(({ level }) => level === 40).map(({ msg }) => msg)).toEqual([
      'systemd is not told how things are: no helper: install it'
    ])
    await app[Symbol.asyncDispose]()
  })

  it('that a busy systemd has not taken is sent again, newest status and all, with one warning', async () => {
    const isBusy = [true, true]
    const { app, told } = await reporting(() =>
      isBusy.pop() === true ? Promise.reject(new SystemdBusy('took none within 4s')) : Promise.resolve()
    )
    await app.start()
    await app.clock.advance('10s')
    expect(told).toEqual([
      'STATUS=starting: 0 of 1 services run',
      'STATUS=starting: 0 of 1 services run',
      'STATUS=starting: 0 of 1 services run',
      'READY=1;STATUS=running: 1 services',
      'WATCHDOG=1'
    ])
    isBusy.push(true)
    await app.clock.advance('15s')
    expect(told.slice(5)).toEqual(['WATCHDOG=1'])
    isBusy.push(true)
    await app.stop()
    const stopping = 'STOPPING=1;STATUS=stopping: 1 of 1 services still run'
    expect(told.slice(6)).toEqual([stopping, stopping])
    expect(app.logs.filter(({ level }) => level === 40).map(({ msg }) => msg)).toEqual([
      'systemd is told late how things are: took none within 4s'
    ])
    await app[Symbol.asyncDispose]()
  })

  it('that a busy systemd has not taken is not sent again once the application has stopped', async () => {
    let refuse: (() => void) | undefined
    const { app, told } = await reporting((assignments) =>
      assignments[0] === 'STOPPING=1'
        ? new Promise((_, reject) => (refuse = () => reject(new SystemdBusy('took none within 4s'))))
        : Promise.resolve()
    )
    await app.start()
    await app.stop()
    const before = told.length
    refuse!()
    await app.clock.advance('1h')
    expect(told).toHaveLength(before)
    await app[Symbol.asyncDispose]()
  })

  it('does not tell that all is well once the application has crashed', async () => {
    const { app, told } = await reporting()
    await app.start()
    app.crash(Reader, new Error('boom'))
    await app.waitUntilStopped().catch(() => undefined)
    const before = told.length
    await app.clock.advance('1h')
    expect(told.slice(before)).toEqual([])
    expect(told.at(-1)).toMatch(/^(STATUS=crashed|STOPPING=1.*)$/)
  })

  it('comes with the start, when it runs, at each half of the watchdog’s time, and with the stop', async () => {
    const { app, told } = await reporting()
    await app.start()
    await app.clock.advance('45s')
    await app.stop()
    await app.clock.advance('1h')
    expect(told).toEqual([
      'STATUS=starting: 0 of 1 services run',
      'READY=1;STATUS=running: 1 services',
      'WATCHDOG=1',
      'WATCHDOG=1',
      'WATCHDOG=1',
      'WATCHDOG=1',
      'STOPPING=1;STATUS=stopping: 1 of 1 services still run'
    ])
    await app[Symbol.asyncDispose]()
  })

  it('waits for the one before, and takes along what came meanwhile', async () => {
    const held: (() => void)[] = []
    const { app, told } = await reporting(() => new Promise((resolve) => held.push(resolve)))
    await app.start()
    await app.clock.advance('1m')
    expect(told).toEqual(['STATUS=starting: 0 of 1 services run'])
    held.shift()?.()
    await app.clock.advance(0)
    expect(told.slice(1)).toEqual(['READY=1;STATUS=running: 1 services;WATCHDOG=1'])
    held.shift()?.()
    await app[Symbol.asyncDispose]()
  })

  it('names what is not ready', () => {
    const services = ['A', 'B', 'C', 'D', 'E'].map((name) => ({
      name,
      state: name === 'A' ? 'running' : 'backoff',
      ready: name === 'A'
    }))
    const app = { state: 'running', health: () => ({ services }) } as unknown as Application
    expect(statusOf(app)).toBe('not ready: B (backoff), C (backoff), D (backoff) and 1 more')
  })

  it('names children that keep the application from being ready, and counts none', async () => {
    let context!: ServiceContext
    @Service()
    class Owner {
      onStart(given: ServiceContext): void {
        context = given
      }
    }
    @Service()
    class Kid {
      isWell = true
      @HealthCheck() check(): void {
        if (!this.isWell) throw new Error('boom')
      }
    }
    const app = await createTestApplication(Owner).start()
    const kid = new Kid()
    await context.addChild(kid)
    const other = await context.addChild(new Kid(), { name: 'Other' })
    await other.stop()
    expect(statusOf(app)).toBe('running: 1 services')
    kid.isWell = false
    await app.checkHealth()
    expect(statusOf(app)).toBe('not ready: Owner/Kid (running)')
    await app[Symbol.asyncDispose]()
  })
})

describe
  .skipIf(process.platform === 'win32')
  .concurrent('a program that systemd started', { timeout: 120_000 }, () => {
    it('tells it through its socket that it is ready, how it is, that it lives, and that it stops', async () => {
      const socket = new NotifySocket()
      await socket.received(/listening/)
      const program = run('notified', { env: { ...socket.env, WATCHDOG_USEC: '200000' } })
      await program.prints('up')
      await socket.received(/not ready: Feed(.|\n)*STATUS=running: 2 services/)
      await socket.received(/WATCHDOG=1/)
      program.kill('SIGTERM')
      const { code, logged } = await program.ended
      await socket.received(/STOPPING=1/)
      expect(code).toBe(0)
      expect(socket.messages.findIndex((each) => each.startsWith('READY=1'))).toBeGreaterThanOrEqual(0)
      expect(logged.map(({ msg }) => msg).filter((msg) => msg.includes('still open'))).toEqual([])
      await socket.close()
    })

    it('and that finds no systemd-notify says once what to install', async () => {
      const program = run('notified', {
        env: { NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere', WATCHDOG_USEC: '100000' }
      })
      await program.prints('up')
      await program.prints('there is no systemd-notify')
      program.kill('SIGTERM')
      const { code, logged } = await program.ended
      const told = logged.map(({ msg }) => msg).filter((msg) => msg.includes('systemd'))
      expect(told).toEqual([expect.stringMatching(/install it/)])
      expect(code).toBe(0)
    })
  })
