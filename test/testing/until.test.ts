import { once } from 'node:events'
import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Service, type ServiceContext, Task, Timer } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { Journal, rejection, takes } from '../app/journal.js'

describe('until gives up', () => {
  it('when the start fails meanwhile', async () => {
    const boom = new Error('boom')
    const a = new Journal().service('A', { onStart: () => Promise.reject(boom) })
    const app = await createTestApplication([a]).create()
    const started = rejection(app.start())
    const failure = await rejection(app.until(a, 'running'))
    expect(await started).toMatchObject({ code: 'KEEL_START_FAILED' })
    expect(failure).toMatchObject({
      message: `A will never be 'running': it is 'crashed', and ${app.name} has ended, it is 'stopped'`,
      cause: boom
    })
  })

  it('when the start takes too long meanwhile', async () => {
    const a = new Journal().service('A', { onStart: takes(3_600_000) })
    const app = await createTestApplication([a]).create()
    const started = rejection(app.start())
    expect(String(await rejection(app.until(a, 'running')))).toContain("A will never be 'running'")
    expect(await started).toMatchObject({ cause: { code: 'KEEL_START_TIMEOUT' } })
  })

  it('when the application stops meanwhile', async () => {
    const a = new Journal().service('A', { onStop: takes(5000) })
    const app = await createTestApplication([a]).start()
    const waiting = rejection(app.until(a, 'backoff'))
    await app.stop()
    expect(String(await waiting)).toContain("A will never be 'backoff': it is 'stopped'")
  })

  it('when the application has ended, whatever else is due on its clock', async () => {
    const a = new Journal().service('A')
    const app = await createTestApplication([a]).start()
    await app.stop()
    const again = (): void => void app.clock.setTimeout(again, 1000)
    again()
    expect(String(await rejection(app.until(a, 'running')))).toContain("it is 'stopped', and")
    expect(app.clock.monotonic()).toBe(0)
  })

  it('when nobody starts the application', async () => {
    const a = new Journal().service('A')
    const app = await createTestApplication([a]).create()
    expect(await rejection(app.until(a, 'running'))).toMatchObject({
      message: `A will never be 'running': it is 'init', and ${app.name} was not started`
    })
  })

  it('when nothing is due, nothing is open and nothing runs', async () => {
    const a = new Journal().service('A')
    const app = await createTestApplication([a]).start()
    expect(await rejection(app.until(a, 'crashed'))).toMatchObject({
      message:
        "A will never be 'crashed': it is 'running', and nothing is due, open or under way that could change it"
    })
    await app[Symbol.asyncDispose]()
  })

  it('each of several', async () => {
    const journal = new Journal()
    const [a, b] = [journal.service('A'), journal.service('B')]
    const app = await createTestApplication([a, b]).start()
    const failures = await Promise.all([
      rejection(app.until(a, 'crashed')),
      rejection(app.until(b, 'stopped'))
    ])
    expect(failures.map(String)).toEqual([
      expect.stringContaining("A will never be 'crashed'"),
      expect.stringContaining("B will never be 'stopped'")
    ])
  })
})

describe('until gives up in time', () => {
  @Service()
  class Poller {
    polls = 0
    @Timer('1d') poll(): void {
      this.polls++
    }
  }
  const longer = 'if it takes longer, give until() a longer { timeout }'

  it('when 31 days of virtual time have not brought it', async () => {
    const app = await createTestApplication(Poller).start()
    expect(await rejection(app.until(Poller, 'crashed'))).toMatchObject({
      message: `Poller will never be 'crashed': it is 'running', and nothing due within 31d has changed that; ${longer}`
    })
    expect(app.get(Poller).polls).toBe(31)
    expect(app.clock.monotonic()).toBe(31 * 86_400_000)
    await app[Symbol.asyncDispose]()
  })

  it('when its timeout has passed, and runs nothing that is due later', async () => {
    const app = await createTestApplication(Poller).start()
    expect(String(await rejection(app.until(Poller, 'crashed', { timeout: '36h' })))).toContain(
      'nothing due within 1d12h has changed that'
    )
    expect(app.get(Poller).polls).toBe(1)
    expect(app.clock.monotonic()).toBe(86_400_000)
  })

  it('when what is due next is due beyond the last date, to which time is not moved', async () => {
    @Service()
    class Sleeps {
      @Task() async sleep({ sleep }: ServiceContext) {
        await sleep(Number.MAX_SAFE_INTEGER)
      }
    }
    await using app = await createTestApplication(Sleeps).start()
    const now = app.clock.now()
    const failure = await rejection(app.until(Sleeps, 'stopped', { timeout: '1d' }))
    expect(String(failure)).toContain('nothing due within 1d has changed that')
    expect([app.clock.now(), await app.clock.runNext(), app.clock.now()]).toEqual([now, false, now])
    expect(app.clock.pending).toEqual({ count: 1, next: new Date(8.64e15) })
  })

  it('when virtual time stands still, and something real that is open brings nothing', async () => {
    const server = createServer()
    @Service()
    class Web {
      async onStart(): Promise<void> {
        await once(server.listen(0, '127.0.0.1'), 'listening')
      }
      onStop(): void {
        server.close()
      }
    }
    const app = await createTestApplication(Web).start()
    const failure = await rejection(app.until(Web, 'crashed', { timeout: '20ms' }))
    expect(String(failure)).toMatch(
      /it is 'running', and \d+ms of real time have not changed that; if it takes longer, give until\(\) a longer/
    )
    await app[Symbol.asyncDispose]()
  })

  it('when moving virtual time on takes too long', async () => {
    const app = await createTestApplication(Poller).start()
    let turns = 0
    const tick = (): void => {
      turns++
      app.clock.setTimeout(tick, 0.001)
    }
    tick()
    const failure = await rejection(app.until(Poller, 'crashed', { timeout: '20ms' }))
    expect(String(failure)).toMatch(
      / of virtual time, for which it took \d+ms of real time have not changed that/
    )
    expect(turns).toBeGreaterThan(1)
  })

  it('when the application is disposed, and moves time no more', async () => {
    const app = await createTestApplication(Poller).start()
    const waiting = rejection(app.until(Poller, 'crashed', { timeout: Infinity }))
    await app[Symbol.asyncDispose]()
    expect(await waiting).toBeInstanceOf(Error)
    const again = (): void => void app.clock.setTimeout(again, 1000)
    again()
    const ended = app.clock.monotonic()
    for (let n = 0; n < 100; n++) await turn()
    expect(app.clock.monotonic()).toBe(ended)
  })

  it('and refuses a timeout that is none, with nothing left waiting', async () => {
    const app = await createTestApplication(Poller).start()
    expect(await rejection(app.until(Poller, 'crashed', { timeout: 'soon' }))).toMatchObject({
      code: 'KEEL_INVALID_DURATION'
    })
    expect(await rejection(app.until(Poller, 'running', { limit: '1s' } as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION'
    })
    // what waited would be rejected by this, and nobody would catch it
    await app[Symbol.asyncDispose]()
  })
})

describe('until does not give up', () => {
  it.each(['29d', '400d'])('on what comes in its time: after %s', async (time) => {
    @Service({ restart: 'temporary' })
    class Late {
      @Timer(time, { onError: 'crash' }) break(): void {
        throw new Error('boom')
      }
    }
    const app = await createTestApplication(Late).start()
    await app.until(Late, 'crashed', time === '400d' ? { timeout: '2y' } : undefined)
    expect(app.clock.monotonic()).toBe(Number.parseInt(time) * 86_400_000)
  })

  it('on a test that acts later, when all that is due in its time has been run', async () => {
    @Service({ restart: 'temporary' })
    class Yearly {
      @Timer('365d') tick(): void {}
    }
    const app = await createTestApplication(Yearly).start()
    const crashed = app.until(Yearly, 'crashed')
    setTimeout(() => app.crash(Yearly, new Error('boom')), 300)
    await expect(crashed).resolves.toBeUndefined()
    expect(app.clock.monotonic()).toBe(0)
  })

  it('on what the test does next', async () => {
    const a = new Journal().service('A', { onStart: takes(5000) })
    const app = await createTestApplication([a], { supervisor: {} }).create()
    const first = app.until(a, 'running')
    for (let n = 0; n < 20; n++) await turn()
    await app.start()
    await first
    const crashed = app.until(a, 'crashed')
    for (let n = 0; n < 20; n++) await turn()
    const restarted = app.until(a, 'starting')
    app.crash(a, new Error('boom'))
    await crashed
    await restarted
    await app.stop()
    const again = app.until(a, 'running')
    await app.start()
    await again
    expect(app.state).toBe('running')
  })

  it('on a service that is started by itself', async () => {
    const a = new Journal().service('A', { onStart: takes(5000) })
    const app = await createTestApplication([a]).create()
    const started = app.service(a).start()
    await app.until(a, 'running')
    await started
    expect(app.clock.monotonic()).toBe(5000)
    const stopped = app.until(a, 'stopped')
    app.clock.setTimeout(() => void app.service(a).stop(), 1000)
    await stopped
    expect(app.clock.monotonic()).toBe(6000)
  })

  it('on a test that waits for a real timer before it acts', async () => {
    const a = new Journal().service('A', { options: { restart: 'temporary' } })
    const app = await createTestApplication([a]).start()
    const crashed = app.until(a, 'crashed')
    setTimeout(() => app.crash(a, new Error('boom')), 300)
    await expect(crashed).resolves.toBeUndefined()
  })

  it('on a task that waits for what the test does', async () => {
    let fail: ((error: Error) => void) | undefined
    @Service({ restart: 'temporary' })
    class Worker {
      @Task() work(): Promise<void> {
        return new Promise((_resolve, reject) => {
          fail = reject
        })
      }
    }
    const app = await createTestApplication(Worker).start()
    const crashed = app.until(Worker, 'crashed')
    for (let n = 0; n < 1000; n++) await turn()
    fail?.(new Error('boom'))
    await expect(crashed).resolves.toBeUndefined()
  })

  it('while another application starts', async () => {
    const journal = new Journal()
    const [a, slow] = [journal.service('A'), journal.service('Slow', { onStart: takes(20_000) })]
    const app = await createTestApplication([a]).create()
    const other = await createTestApplication([slow]).create()
    const running = app.until(a, 'running')
    for (let n = 0; n < 300; n++) other.clock.setTimeout(() => {}, n)
    await other.start()
    await app.start()
    await expect(running).resolves.toBeUndefined()
    await other[Symbol.asyncDispose]()
  })
})
