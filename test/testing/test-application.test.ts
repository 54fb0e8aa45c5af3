import { createServer, type Server } from 'node:net'
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  Cron,
  inject,
  InjectionToken,
  Module,
  type ModuleOptions,
  Service,
  Task,
  Timer,
  type Class,
  type ServiceContext,
  type Tick
} from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { Journal, never, rejection, takes } from '../app/journal.js'

const start = (...roots: Class[]): Promise<TestApplication> => createTestApplication(roots).start()

describe('dispose', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  it('names a task that is left behind', async () => {
    @Service({ stopTimeout: '1s' })
    class Worker {
      @Task() deaf(): Promise<void> {
        return never()
      }
    }
    const app = await start(Worker)
    const failure = await rejection(app[Symbol.asyncDispose]())
    expect(failure).toMatchObject({ code: 'KEEL_LEFT_BEHIND' })
    expect(String(failure)).toContain('left behind: task deaf of Worker')
    expect((failure as Error).cause).toMatchObject({ errors: [{ code: 'KEEL_STOP_TIMEOUT' }] })
  })

  it('names a task that is left behind although its time is up', async () => {
    @Service({ stopTimeout: 0 })
    class Worker {
      @Task({ timeout: '1s', onError: 'log' }) work(): Promise<never> {
        return never()
      }
    }
    const app = await createTestApplication(Worker).start()
    await app.clock.advance('2s')
    expect(await rejection(app[Symbol.asyncDispose]())).toMatchObject({
      code: 'KEEL_LEFT_BEHIND',
      message: expect.stringContaining('task work of Worker') as string
    })
  })

  it('names a call of a timer that is left behind', async () => {
    @Service({ stopTimeout: 0 })
    class Worker {
      @Timer('1s') deaf(): Promise<void> {
        return never()
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(String(await rejection(app[Symbol.asyncDispose]()))).toContain('timer deaf of Worker')
  })

  it('tells of a timer on the clock that is left behind', async () => {
    @Service()
    class Worker {
      onStart({ clock }: ServiceContext): void {
        clock.setTimeout(() => {}, 3_600_000)
      }
    }
    const app = await start(Worker)
    expect(String(await rejection(app[Symbol.asyncDispose]()))).toContain('left behind: a timer on the clock')
  })

  it('does not blame an application for timers of another one on its clock', async () => {
    @Service()
    class Worker {
      @Timer('1s') tick(): void {}
    }
    const clock = new TestClock()
    const first = await createTestApplication(Worker, { clock }).start()
    const second = await createTestApplication(Worker, { clock }).start()
    await first[Symbol.asyncDispose]()
    await second[Symbol.asyncDispose]()
    expect(clock.pending.count).toBe(0)
  })

  it('does not blame the application for timers that the test had set on its clock before', async () => {
    const clock = new TestClock()
    clock.setTimeout(() => {}, 3_600_000)
    const app = await createTestApplication([new Journal().service('A')], { clock }).start()
    await app[Symbol.asyncDispose]()
    expect(clock.pending.count).toBe(1)
  })

  it('names the service that left a real timer behind', async () => {
    const intervals: NodeJS.Timeout[] = []
    @Service()
    class Poller {
      onStart(): void {
        intervals.push(setInterval(() => {}, 3_600_000))
      }
    }
    const app = await start(Poller)
    const failure = await rejection(app[Symbol.asyncDispose]())
    expect(String(failure)).toContain('left behind: a real timer of Poller')
    for (const interval of intervals) clearInterval(interval)
  })

  it('tells of a real timer that a constructor or factory left behind', async () => {
    const intervals: NodeJS.Timeout[] = []
    const tick = (): void => void intervals.push(setInterval(() => {}, 3_600_000))
    const POOL = new InjectionToken<object>('POOL')
    @Service()
    class Cache {
      readonly pool = inject(POOL)
      constructor() {
        tick()
      }
    }
    const app = await createTestApplication([Cache], {
      providers: [
        {
          provide: POOL,
          useFactory: () => {
            tick()
            return {}
          }
        }
      ]
    }).start()
    const failure = await rejection(app[Symbol.asyncDispose]())
    expect(String(failure)).toContain('left behind: 2 real timers set by a constructor or factory')
    for (const interval of intervals) clearInterval(interval)
    const tidy = await start(new Journal().service('Tidy'))
    await tidy[Symbol.asyncDispose]()
  })

  it('blames nobody for real timers that have rung, were cleared or hold nothing up', async () => {
    @Service()
    class Poller {
      interval: NodeJS.Timeout | undefined
      async onStart(): Promise<void> {
        this.interval = setInterval(() => {}, 3_600_000)
        setTimeout(() => {}, 3_600_000).unref()
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      onShutdown(): void {
        clearInterval(this.interval)
        setTimeout(() => {}, 1)
      }
    }
    const app = await start(Poller)
    await expect(app[Symbol.asyncDispose]()).resolves.toBeUndefined()
  })

  it('names a handle that is left behind', async () => {
    @Service()
    class Listener {
      async onStart(): Promise<void> {
        const server = createServer()
        servers.push(server)
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      }
    }
    const app = await start(Listener)
    expect(String(await rejection(app[Symbol.asyncDispose]()))).toContain('left behind: TCPServerWrap')
  })

  it('passes on what failed in the stop, when nothing is left behind', async () => {
    const error = new Error('boom')
    const a = new Journal().service('A', { onStop: () => Promise.reject(error) })
    const app = await start(a)
    expect(await rejection(app[Symbol.asyncDispose]())).toMatchObject({ errors: [error] })
  })

  it('is content with what is closed', async () => {
    @Service()
    class Listener {
      #server: Server | undefined
      async onStart(): Promise<void> {
        this.#server = createServer()
        await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve))
      }
      onShutdown(): void {
        this.#server?.close()
      }
      @Timer('1s') tick(): void {}
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
      }
    }
    const app = await start(Listener)
    await app[Symbol.asyncDispose]()
    expect(app.state).toBe('stopped')
  })
})

describe('a scope of a test application', () => {
  it('looks for a token with the eyes of the module that it is told', async () => {
    const provide = (value: string): ModuleOptions => ({
      providers: [{ provide: 'x', useValue: value }],
      exports: ['x']
    })
    @Module(provide('left'))
    class Left {}
    @Module(provide('right'))
    class Right {}
    @Module({ imports: [Left, Right] })
    class App {}
    await using app = await createTestApplication(App).start()
    const scope = app.createScope()
    expect(scope.get('x', { from: Left })).toBe('left')
    expect(scope.get('x', { from: Right })).toBe('right')
    expect(() => scope.get('x')).toThrow(/KEEL_AMBIGUOUS_TOKEN/)
    for (const { get } of [{ get: scope.get }, { get: app.get.bind(app) }])
      expect(() => get('x', null as never)).toThrow('the options of get() are null')
  })
})

describe('start, stop and until', () => {
  it('move virtual time on whenever nothing else can run', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(20_000), onStop: takes(5000) })
    const app = await createTestApplication([a]).create()
    await app.start()
    expect(app.clock.monotonic()).toBe(20_000)
    await app.stop()
    expect(app.clock.monotonic()).toBe(25_000)
  })

  it('let no time limit of a hook pass while real input and output is under way', async () => {
    @Service({ startTimeout: '1ms' })
    class Reader {
      text = ''
      async onStart(): Promise<void> {
        for (let pass = 0; pass < 20; pass++) this.text = await readFile('package.json', 'utf8')
      }
    }
    const app = await start(Reader)
    expect(app.get(Reader).text).toContain('keelson')
  })

  it.each(['onFirstStart', 'onStart', 'onStarted', 'onReady'] as const)(
    'stop, awaited in %s while the test moves time on, is no deadlock',
    async (hook) => {
      const took: number[] = []
      const journal = new Journal()
      const a = journal.service('A', {
        async [hook]({ clock }: ServiceContext) {
          const begun = clock.monotonic()
          await app.stop()
          took.push(clock.monotonic() - begun)
        }
      })
      const app = await createTestApplication(a).create()
      const started = rejection(app.start())
      await app.clock.advance('1m')
      await app.stop()
      expect([took, await started]).toMatchObject([[0], { code: 'KEEL_START_ABORTED' }])
    }
  )

  it('until waits for a state, moving time on', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication([a], {
      supervisor: { backoff: { initial: '10s', jitter: 0 } }
    }).start()
    app.crash(a, new Error('boom'))
    await app.until(a, 'backoff')
    expect(app.clock.monotonic()).toBe(0)
    await app.until(a, 'running')
    expect(app.clock.monotonic()).toBe(10_000)
  })

  it('until is content at once with the state of the moment', async () => {
    const a = new Journal().service('A')
    const app = await start(a)
    await app.until(a, 'running')
    expect(app.clock.monotonic()).toBe(0)
  })

  it('until fails when it can never come', async () => {
    const a = new Journal().service('A')
    const app = await start(a)
    expect(await rejection(app.until(a, 'bogus' as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('one of init, waiting, starting, running')
    })
    const waiting = rejection(app.until(a, 'crashed'))
    await app[Symbol.asyncDispose]()
    const never = `it is 'stopped', and ${app.name} was disposed`
    expect(await waiting).toMatchObject({ message: `A will never be 'crashed': ${never}` })
    expect(await rejection(app.until(a, 'running'))).toMatchObject({
      message: `A will never be 'running': ${never}`
    })
  })

  it('until fails for what is no service', async () => {
    const app = await start(new Journal().service('A'))
    expect(String(await rejection(app.until('NOTHING', 'running')))).toMatch(/NOTHING is no service/)
  })
})

describe('fire', () => {
  class Base {
    readonly calls: unknown[][] = []
  }
  @Service()
  class Worker extends Base {
    @Timer('1h') tick(...args: unknown[]): void {
      this.calls.push(['tick', ...args])
    }
    @Cron('0 3 * * *', { name: 'nightly-report' }) nightly(...args: unknown[]): void {
      this.calls.push(['nightly', ...args])
    }
    @Task() async work(...args: unknown[]): Promise<void> {
      this.calls.push(['work', ...args])
    }
    @Timer('1h', { onError: 'log' }) bad(): void {
      throw new Error('boom')
    }
    @Timer('1h', { enabled: false }) off(): void {
      this.calls.push(['off'])
    }
  }

  it('throws what the body throws, and the rules of the service hold', async () => {
    const app = await start(Worker)
    expect(await rejection(app.fire(Worker, 'bad'))).toMatchObject({ message: 'boom' })
    expect(app.service(Worker).state).toBe('running')
    expect(app.events.ofType('timer.failed')).toHaveLength(1)
  })

  it('of a task that throws crashes its service', async () => {
    @Service({ restart: 'temporary' })
    class Fragile {
      ready = false
      @Task() async work(): Promise<void> {
        if (this.ready) throw new Error('boom')
      }
    }
    const app = await start(Fragile)
    app.get(Fragile).ready = true
    expect(await rejection(app.fire(Fragile, 'work'))).toMatchObject({ message: 'boom' })
    expect(app.service(Fragile).state).toBe('crashed')
  })

  it('of a task keeps to what the task says: onError, and an event of its own', async () => {
    @Service()
    class Careful {
      @Task({ onError: 'log' }) async work(): Promise<void> {
        throw new Error('boom')
      }
    }
    const app = await start(Careful)
    app.events.clear()
    expect(await rejection(app.fire(Careful, 'work'))).toMatchObject({ message: 'boom' })
    expect(app.service(Careful).state).toBe('running')
    expect(app.events.names()).toEqual(['task.started Careful', 'task.failed Careful'])
  })

  it('calls a task beside its call under way, with a context that ends with the call', async () => {
    @Service()
    class Loop {
      readonly signals: AbortSignal[] = []
      once = false
      @Task() async work({ signal, stopRequested }: ServiceContext): Promise<void> {
        this.signals.push(signal)
        if (!this.once) await stopRequested()
      }
    }
    const app = await start(Loop)
    app.get(Loop).once = true
    await app.fire(Loop, 'work')
    expect(app.get(Loop).signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  it('of a method that is none tells what there is', async () => {
    const app = await start(Worker)
    const failure = await rejection(app.fire(Worker, 'daily'))
    expect(failure).toMatchObject({ code: 'KEEL_UNKNOWN_TOKEN' })
    expect(String(failure)).toMatch(/tick.*nightly-report.*work/)
    @Service()
    class Plain {
      onStart(): void {}
    }
    const other = await start(Plain)
    expect(await rejection(other.fire(Plain, 'onStart'))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      hint: 'Mark the method with @Timer(), @Cron() or @Task(); call one that is to stay without by hand, on what get() gives.'
    })
  })

  it('of what allows no other call beside the one under way says so, and calls nothing', async () => {
    @Service()
    class Slow {
      calls = 0
      @Timer('1h') async hourly({ sleep }: ServiceContext): Promise<void> {
        this.calls++
        await sleep('10m')
      }
    }
    const app = await start(Slow)
    await app.clock.advance('1h')
    const failure = await rejection(app.fire(Slow, 'hourly'))
    expect(failure).toMatchObject({
      code: 'KEEL_ILLEGAL_TRANSITION',
      service: 'Slow',
      message: expect.stringContaining(
        "hourly of Slow cannot be called: a call of it is under way, and its overlap is 'skip'"
      ) as string,
      hint: expect.stringContaining("overlap: 'allow'") as string
    })
    expect(app.get(Slow).calls).toBe(1)
    await app.clock.advance('10m')
    const fired = app.fire(Slow, 'hourly')
    await app.clock.advance('10m')
    await fired
    expect(app.get(Slow).calls).toBe(2)
  })

  it.each(['allow', 'queue', 'cancel'] as const)(
    'calls beside the call under way with overlap %s',
    async (overlap) => {
      @Service()
      class Slow {
        calls = 0
        @Timer('1h', { overlap }) async hourly({ sleep }: ServiceContext): Promise<void> {
          this.calls++
          await sleep('10m')
        }
      }
      const app = await start(Slow)
      await app.clock.advance('1h')
      const fired = app.fire(Slow, 'hourly')
      await app.clock.advance('20m')
      await fired
      expect(app.get(Slow).calls).toBe(2)
    }
  )

  it('of what waits for its turn says why it is not called any more: the service stops', async () => {
    @Service()
    class Slow {
      @Timer('1h', { overlap: 'queue' }) async hourly({ sleep }: ServiceContext): Promise<void> {
        await sleep('10m')
      }
    }
    const app = await start(Slow)
    await app.clock.advance('1h')
    const refused = rejection(app.fire(Slow, 'hourly'))
    await app.stop()
    expect(String(await refused)).toContain('hourly of Slow cannot be called: Slow is')
  })

  it('while the application drains says that it does', async () => {
    let refused: Promise<unknown> | undefined
    @Service()
    class Poll {
      @Timer('1h') tick(): void {}
      onDrain(): void {
        refused = rejection(app.fire(Poll, 'tick'))
      }
    }
    const app = await start(Poll)
    await app.stop()
    expect(String(await refused)).toContain(
      "tick of Poll cannot be called: Poll is 'draining', and takes no new work"
    )
  })

  it('of what is disabled, or does not run, says so', async () => {
    const app = await start(Worker)
    expect(String(await rejection(app.fire(Worker, 'off')))).toContain(
      'off of Worker cannot be called: it is disabled'
    )
    await app.service(Worker).stop()
    expect(await rejection(app.fire(Worker, 'tick'))).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    expect(await rejection(app.fire(Worker, 'work'))).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
  })

  it('calls a timer, a cron or a task now, with a context and a tick', async () => {
    const app = await start(Worker)
    const { calls } = app.get(Worker)
    calls.length = 0
    await app.fire(Worker, 'tick')
    await app.fire(Worker, 'nightly')
    await app.fire(Worker, 'work')
    expect(calls.map(([name]) => name)).toEqual(['tick', 'nightly', 'work'])
    const [context, tick] = calls[0]!.slice(1) as [ServiceContext, Tick]
    expect(context.name).toBe('Worker')
    expect(tick.startedAt.getTime()).toBe(app.clock.now())
  })

  it('takes the name that a cron was given, too', async () => {
    const app = await start(Worker)
    await app.fire(Worker, 'nightly-report')
    expect(app.get(Worker).calls.at(-1)![0]).toBe('nightly')
  })

  it('leaves the slots as they are, and is counted', async () => {
    const app = await start(Worker)
    await app.clock.advance('30m')
    await app.fire(Worker, 'tick')
    await app.clock.advance('30m')
    expect(app.service(Worker).tasks.find(({ name }) => name === 'tick')).toMatchObject({ runs: 2 })
  })
})

describe('crash, idle, logs and events', () => {
  it('crash makes a service crash', async () => {
    const a = new Journal().service('A', { options: { restart: 'temporary' } })
    const app = await start(a)
    const error = new Error('boom')
    app.crash(a, error)
    expect(app.service(a).crashReason).toBe(error)
  })

  it('idle waits until no body runs, real input and output included', async () => {
    @Service()
    class Reader {
      text = ''
      @Timer('1m') async tick(): Promise<void> {
        for (let pass = 0; pass < 5; pass++) this.text = await readFile('package.json', 'utf8')
        this.text = 'read'
      }
      @Task() async forever({ stopRequested }: ServiceContext): Promise<void> {
        await stopRequested()
      }
    }
    const app = await start(Reader)
    await app.clock.advance('1m')
    await app.idle()
    expect(app.get(Reader).text).toBe('read')
  })

  it('advance waits for nothing that is real', async () => {
    let done = false
    @Service()
    class Stuck {
      @Timer('1m') async tick(): Promise<void> {
        await never()
        done = true
      }
    }
    const app = await start(Stuck)
    await app.clock.advance('1h')
    expect(done).toBe(false)
    expect(app.clock.monotonic()).toBe(3_600_000)
  })

  it('logs are kept, with the service, and virtual times', async () => {
    @Service()
    class Worker {
      @Timer('1m') tick({ log }: ServiceContext): void {
        log.info({ size: 3 }, 'tick %d', 1)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1m')
    expect(app.logs.find(({ msg }) => msg === 'tick 1')).toMatchObject({
      level: 30,
      service: 'Worker',
      size: 3,
      time: app.clock.now()
    })
  })

  it('events are kept from before the start, in order, and can be asked for by type', async () => {
    const a = new Journal().service('A')
    const app = await start(a)
    expect(app.events.names().filter((name) => !name.startsWith('hook'))).toEqual([
      'application.starting',
      'service.waiting A',
      'service.starting A',
      'service.started A',
      'application.started'
    ])
    expect(app.events.ofType('service.started')).toMatchObject([{ type: 'service.started', service: 'A' }])
    app.events.clear()
    expect(app.events.all).toEqual([])
    await app.stop()
    expect(app.events.ofType('application.stopped')).toHaveLength(1)
  })
})
