import { describe, expect, it } from 'vitest'
import {
  createApplication,
  InjectionToken,
  isKeelsonError,
  Module,
  Service,
  StopError,
  Task,
  wanted,
  type Application,
  type Class,
  type ServiceContext
} from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { Journal, never, rejection, takes, throws } from './journal.js'

async function stopping(
  root: Class | Class[],
  options = {}
): Promise<{ app: TestApplication; error: StopError }> {
  const app = await createTestApplication(root, options).start()
  const error = await rejection(app.stop())
  expect(error).toBeInstanceOf(StopError)
  expect(app.state).toBe('stopped')
  return { app, error: error as StopError }
}

async function plain(root: Class | Class[]): Promise<{ app: Application; clock: TestClock }> {
  const clock = new TestClock()
  const app = await createApplication(root, { clock, logger: false })
  return { app, clock }
}

describe('a stop hook that fails', () => {
  it('keeps no other hook from running, and all errors are gathered, dependants first', async () => {
    const journal = new Journal()
    const [one, two, three] = ['one', 'two', 'three'].map((text) => new Error(text))
    const a = journal.service('A', { onStop: throws(three), onShutdown: () => {} })
    const b = journal.service('B', { needs: [a] })
    const c = journal.service('C', { needs: [b], onStop: () => Promise.reject(one), onShutdown: throws(two) })
    const { app, error } = await stopping([c])
    expect(journal.lines.slice(3)).toEqual([
      'C.onStop',
      'C.onShutdown',
      'B.onStop',
      'A.onStop',
      'A.onShutdown'
    ])
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors).toEqual([one, two, three])
    expect(error.failures).toEqual([
      { service: 'C', phase: 'onStop', error: one },
      { service: 'C', phase: 'onShutdown', error: two },
      { service: 'A', phase: 'onStop', error: three }
    ])
    expect(error.message).toContain('C, in onStop: Error: one')
    expect(isKeelsonError(error, 'KEEL_STOP_FAILED')).toBe(true)
    expect(app.services.map((service) => service.state)).toEqual(['stopped', 'stopped', 'stopped'])
    expect(app.events.ofType('application.stopped')).toMatchObject([{ error }])
  })

  it('is not waited out to its limit', async () => {
    const journal = new Journal()
    const { app } = await stopping([journal.service('A', { onStop: throws(new Error('boom')) })])
    expect(app.clock.monotonic()).toBe(0)
  })

  it('may throw what is no error', async () => {
    const journal = new Journal()
    const { error } = await stopping([journal.service('A', { onShutdown: throws(undefined) })])
    expect(error.errors).toEqual([undefined])
    expect(error.message).toContain('A, in onShutdown: undefined (not an Error)')
  })
})

describe('a stop hook that never settles', () => {
  it('is named when the stopTimeout is over, and the rest goes on', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStop: never, onShutdown: () => {} })
    const { app, error } = await stopping([b])
    expect(error.failures).toMatchObject([
      { service: 'B', phase: 'onStop', error: { code: 'KEEL_STOP_TIMEOUT', service: 'B' } }
    ])
    expect(error.message).toContain('B: onStop did not end within 10s')
    expect(journal.lines.slice(2)).toEqual(['B.onStop', 'B.onShutdown', 'A.onStop'])
    expect(app.clock.monotonic()).toBe(10_000)
  })

  it('is named by its own name when it is one of the start that the stop cut short', async () => {
    const hanging = new Journal().service('A', { onStart: never })
    const app = await createTestApplication(hanging).create()
    const starting = rejection(app.start())
    await app.until(hanging, 'starting')
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([
      { service: 'A', phase: 'onStart', error: { code: 'KEEL_STOP_TIMEOUT', service: 'A' } }
    ])
    expect(await starting).toMatchObject({ code: 'KEEL_START_ABORTED' })
  })

  it('leaves a floor of 100 ms to the later hooks of its service', async () => {
    const journal = new Journal()
    const quick = journal.service('Quick', { onStop: never, onShutdown: takes(90) })
    const { app, error } = await stopping([quick])
    expect(error.failures.map(({ phase }) => phase)).toEqual(['onStop'])
    expect(app.clock.monotonic()).toBe(10_090)
    const slow = journal.service('Slow', { onStop: never, onShutdown: takes(110) })
    const other = await stopping([slow])
    expect(other.error.failures.map(({ phase }) => phase)).toEqual(['onStop', 'onShutdown'])
    expect(other.app.clock.monotonic()).toBe(10_100)
  })

  it('is not awaited at all when the stopTimeout is 0', async () => {
    const journal = new Journal()
    const options = { stopTimeout: 0 }
    const a = journal.service('A', { options, onStop: never, onShutdown: takes(1000) })
    const b = journal.service('B', { options, onStop: () => Promise.reject(new Error('boom')) })
    const c = journal.service('C', {
      options,
      onStart({ addTask, defer }) {
        addTask(never)
        defer(never)
      }
    })
    const app = await createTestApplication([a, b, c]).start()
    await app.stop()
    expect(app.clock.monotonic()).toBe(0)
    expect(journal.lines).toContain('A.onShutdown')
    expect(app.logs).toContainEqual(
      expect.objectContaining({ level: 50, msg: 'onStop failed', service: 'B' })
    )
  })

  it('is waited for by a stopTimeout of Infinity until the whole shutdown is over', async () => {
    const journal = new Journal()
    const options = { stopTimeout: Infinity }
    const long = journal.service('Long', { options, onStop: takes(20_000) })
    const { app } = await plainStop([long])
    expect(app.state).toBe('stopped')
    const a = journal.service('A', { options, onStop: never })
    const { error, app: other } = await stopping([a])
    expect(error.failures).toMatchObject([
      { service: 'A', phase: 'onStop', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(other.clock.monotonic()).toBe(25_000)
  })

  it('may settle later without changing anything', async () => {
    const journal = new Journal()
    const a = journal.service('A', {
      async onStop(context) {
        await takes(60_000)(context)
        throw new Error('too late')
      }
    })
    const { app } = await stopping([a])
    const names = app.events.names().filter((name) => !name.startsWith('hook'))
    await app.clock.advance('2m')
    expect(app.events.names().filter((name) => !name.startsWith('hook'))).toEqual(names)
    expect(app.service(a).state).toBe('stopped')
  })
})

async function plainStop(root: Class[], options = {}): Promise<{ app: TestApplication }> {
  const app = await createTestApplication(root, options).start()
  await app.stop()
  return { app }
}

describe('the whole shutdown', () => {
  it('shorter than the sum leaves the later ones what is left, and a floor of 100 ms', async () => {
    const journal = new Journal()
    const seen: string[] = []
    const slow = (name: string) => async (context: ServiceContext) => {
      const begun = context.clock.monotonic()
      await takes(2000)(context)
      seen.push(`${name} ${context.clock.monotonic() - begun}`)
    }
    const a = journal.service('A', { onStop: never })
    const b = journal.service('B', { needs: [a], onStop: never })
    const c = journal.service('C', { needs: [b], onStop: slow('C') })
    const { app, error } = await stopping([c], { shutdownTimeout: '3s' })
    expect(seen).toEqual(['C 2000'])
    expect(error.failures.map(({ service }) => service)).toEqual(['B', 'A'])
    expect(app.events.ofType('service.stopped').map(({ durationMs }) => durationMs)).toEqual([
      2000, 1000, 100
    ])
  })

  it('is 25s by default', async () => {
    const journal = new Journal()
    const { app } = await stopping([journal.service('A', { options: { stopTimeout: '1h' }, onStop: never })])
    expect(app.events.ofType('application.stopped')).toMatchObject([{ durationMs: 25_000 }])
  })
})

describe('the order of a stop', () => {
  it('is dependants first, however they were declared, each as soon as its dependants have stopped', async () => {
    const journal = new Journal()
    const db = journal.service('Db', { onShutdown: () => {} })
    const cache = journal.service('Cache', { onStop: takes(10) })
    const api = journal.service('Api', { needs: [cache, db], onStop: takes(100) })
    const jobs = journal.service('Jobs', { needs: [db], onStop: takes(30) })
    const app = await createTestApplication([db, jobs, api, cache]).start()
    await app.stop()
    const ended = Object.fromEntries(
      app.events.ofType('service.stopped').map((e) => [e.service, e.at - e.durationMs])
    )
    const start = ended['Api']!
    expect(ended).toEqual({ Api: start, Jobs: start, Cache: start + 100, Db: start + 100 })
  })

  it('keeps what a service wants until that service has stopped', async () => {
    const journal = new Journal()
    const metrics = journal.service('Metrics')
    const api = journal.service('Api', { needs: [wanted(metrics)], onStop: takes(10) })
    const app = await createTestApplication([metrics, api]).start()
    await app.stop()
    expect(journal.lines).toEqual(['Metrics.onStart', 'Api.onStart', 'Api.onStop', 'Metrics.onStop'])
  })

  it('of one service is that of the table', async () => {
    const journal = new Journal()
    const resource = (name: string) => () => journal.note(`released ${name}`)
    const child = (name: string) => journal.service(name, { onShutdown: () => {} })
    const owner = journal.service('Owner', {
      options: { waitForShutdown: true },
      async onStart({ addChild, addTask, defer, stopRequested, signal, setShutdown }) {
        await addChild(child('First'))
        await addChild(child('Second'))
        defer(resource('first'))
        defer(resource('second'))
        signal.addEventListener('abort', () => journal.note('signal'))
        addTask(async ({ clock }) => {
          await stopRequested()
          await takes(500)({ clock } as ServiceContext)
          setShutdown()
          await takes(500)({ clock } as ServiceContext)
          journal.note('task ended')
        })
      },
      onStop: ({ state, shouldStop }) => journal.note(`${state} ${String(shouldStop)}`),
      onShutdown: () => {}
    })
    const app = await createTestApplication([owner]).start()
    journal.take()
    await app.stop()
    expect(journal.lines).toEqual([
      'signal',
      'Owner.onStop',
      'stopping true',
      'Second.onStop',
      'Second.onShutdown',
      'First.onStop',
      'First.onShutdown',
      'task ended',
      'released second',
      'released first',
      'Owner.onShutdown'
    ])
  })

  it('lets work in hand use its dependencies until it has ended', async () => {
    const journal = new Journal()
    const queue = journal.service('Queue', { onShutdown: () => {} })
    const worker = journal.service('Worker', {
      needs: [queue],
      onStart({ addTask }) {
        addTask(async (context) => {
          await context.stopRequested()
          await takes(3000)(context)
          journal.note(`Worker uses Queue, which is ${app.service(queue).state}`)
        })
      }
    })
    const app = await createTestApplication([worker]).start()
    await app.stop()
    expect(journal.lines.slice(2)).toEqual([
      'Worker.onStop',
      'Worker uses Queue, which is running',
      'Queue.onStop',
      'Queue.onShutdown'
    ])
  })

  it('calls onStop only where onStart resolved, and onShutdown where a run began', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onFirstStart: throws(new Error('boom')), onShutdown: () => {} })
    const b = journal.service('B', { needs: [a], onShutdown: () => {} })
    await rejection(createTestApplication([b]).start())
    expect(journal.lines).toEqual(['A.onFirstStart', 'A.onShutdown'])
  })
})

describe('stopping twice', () => {
  it('is one stop: the same promise, hooks once, also when it is over', async () => {
    const journal = new Journal()
    const { app, clock } = await plain([journal.service('A', { onStop: takes(10) })])
    await app.start()
    const first = app.stop('one')
    expect(app.stop('two')).toBe(first)
    await clock.advance(10)
    await first
    expect(app.stop()).toBe(first)
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
    const other = await createTestApplication(journal.service('B', { onStop: takes(10) })).start()
    const stopped = other.stop()
    expect(other.stop()).toBe(stopped)
    await stopped
  })

  it('tells the second one too what went wrong', async () => {
    const journal = new Journal()
    const { app } = await plain([journal.service('A', { onStop: throws(new Error('boom')) })])
    await app.start()
    const first = await rejection(app.stop())
    expect(await rejection(app.stop())).toBe(first)
    await app[Symbol.asyncDispose]()
  })
})

describe('stopping what never started', () => {
  it('calls nothing and is no stop', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onDrain: () => {}, onShutdown: () => {} })
    const app = await createTestApplication([a]).create()
    await app.stop()
    expect(app.state).toBe('created')
    expect(journal.lines).toEqual([])
    expect(app.events.all).toEqual([])
    await app.start()
    expect(app.state).toBe('running')
  })

  it('stops a service that was started by itself', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication([a, journal.service('B')]).create()
    await app.service(a).start()
    expect(app.state).toBe('created')
    await app.stop()
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
  })
})

describe('work that does not end', () => {
  it('is left behind and named, and its later end changes nothing', async () => {
    @Service()
    class Stubborn {
      onStart({ addTask }: ServiceContext): void {
        addTask(() => new Promise((resolve) => void app.clock.setTimeout(() => resolve(1), 60_000)), {
          name: 'grind'
        })
        addTask(never, { name: 'stare' })
      }
    }
    const app = await createTestApplication(Stubborn).create()
    await app.start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([
      { service: 'Stubborn', phase: 'tasks', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(error.message).toContain('tasks grind, stare did not end within 10s')
    await app.clock.advance('1m')
    expect(app.service(Stubborn).state).toBe('stopped')
  })

  it('is named as the place of the failure when it is a single one', async () => {
    @Service()
    class Stubborn {
      @Task() stare(): Promise<never> {
        return never()
      }
    }
    const app = await createTestApplication(Stubborn).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([{ service: 'Stubborn', phase: 'stare' }])
    expect(error.message).toContain('Stubborn, in stare: KEEL_STOP_TIMEOUT')
  })

  it('and crashes while it is told to end is told with the errors of the stop', async () => {
    const boom = new Error('boom')
    @Service()
    class Fragile {
      onStart({ addTask }: ServiceContext): void {
        addTask(async ({ stopRequested }) => {
          await stopRequested()
          throw boom
        })
      }
    }
    const { error, app } = await stopping(Fragile)
    expect(error.errors).toEqual([boom])
    expect(app.state).toBe('stopped')
  })
})

describe('starting again', () => {
  it('runs every service once more, in a further run of the same instance', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onFirstStart: () => {}, onReady: () => {}, onRestart: () => {} })
    const b = journal.service('B', { needs: [a] })
    const app = await createTestApplication([b]).start()
    const before = app.get(a)
    await app.stop()
    journal.take()
    await app.start()
    await app.stop()
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'A.onReady', 'B.onStop', 'A.onStop'])
    expect(app.get(a)).toBe(before)
    expect(app.service(a).restartCount).toBe(0)
  })

  it('gives the second shutdown its own budget', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(2000) })
    const app = await createTestApplication([a], { shutdownTimeout: '3s' }).start()
    await app.stop()
    await app.start()
    await app.clock.advance('1h')
    await app.stop()
    expect(app.state).toBe('stopped')
  })
})

describe('disposal', () => {
  const POOL = new InjectionToken<object>('POOL')
  const CACHE = new InjectionToken<object>('CACHE')

  function root(journal: Journal, dispose: (name: string) => unknown = () => {}): Class {
    const closing = (name: string) => () => {
      journal.note(`${name} disposed`)
      return dispose(name) as void
    }
    @Service({ name: 'User', inject: [POOL, CACHE] })
    class User {
      constructor(
        readonly pool: object,
        readonly cache: object
      ) {}
      onShutdown(): void {
        journal.note('User.onShutdown')
      }
    }
    @Module({
      providers: [
        User,
        { provide: POOL, useFactory: () => ({}), dispose: closing('POOL') },
        {
          provide: CACHE,
          useFactory: () => ({ [Symbol.asyncDispose]: async () => closing('CACHE')() }),
          inject: [POOL]
        }
      ]
    })
    class Root {}
    return Root
  }

  it('fails with what failed, and disposes of the rest all the same', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const failing = root(journal, (name) => {
      if (name === 'CACHE') throw boom
    })
    const app = await createTestApplication(failing).start()
    const error = (await rejection(app[Symbol.asyncDispose]())) as StopError
    expect(error.failures).toEqual([{ service: 'CACHE', phase: 'dispose', error: boom }])
    expect(journal.lines).toEqual(['User.onShutdown', 'CACHE disposed', 'POOL disposed'])
  })

  it('disposes of what factories made after every service has stopped, in reverse; a stop keeps it', async () => {
    const journal = new Journal()
    const app = await createTestApplication(root(journal)).start()
    const pool = app.get(POOL)
    await app.stop()
    expect(journal.lines).toEqual(['User.onShutdown'])
    await app.start()
    expect(app.get(POOL)).toBe(pool)
    await app[Symbol.asyncDispose]()
    expect(journal.take().slice(1)).toEqual(['User.onShutdown', 'CACHE disposed', 'POOL disposed'])
    await app[Symbol.asyncDispose]()
    expect(journal.lines).toEqual([])
  })

  it('completes the streams; what can be looked at can be looked at still, the rest is refused', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication([a]).start()
    const handle = app.service(a)
    const seen: string[] = []
    app.state$.subscribe({ next: (state) => seen.push(state), complete: () => seen.push('complete') })
    app.events$.subscribe({ complete: () => seen.push('events complete') })
    handle.state$.subscribe({
      next: ({ state }) => seen.push(`A ${state}`),
      complete: () => seen.push('A complete')
    })
    await app[Symbol.asyncDispose]()
    expect(seen).toEqual([
      'running',
      'A running',
      'draining',
      'stopping',
      'A stopping',
      'A stopped',
      'stopped',
      'A complete',
      'complete',
      'events complete'
    ])
    expect(app.state).toBe('stopped')
    expect(app.health()).toMatchObject({ live: true, ready: false, started: true })
    expect(app.graph.startOrder()).toEqual(['A'])
    expect(app.services).toEqual([handle])
    expect(app.service(a)).toBe(handle)
    expect(handle.state).toBe('stopped')
    await handle.waitUntilStopped()
    await app.waitUntilStopped()
    await app.stop()
    const replayed: string[] = []
    app.state$.subscribe({ next: (state) => replayed.push(state), complete: () => replayed.push('complete') })
    handle.state$.subscribe({
      next: ({ state }) => replayed.push(state),
      complete: () => replayed.push('complete')
    })
    expect(replayed).toEqual(['stopped', 'complete', 'stopped', 'complete'])
    const disposed = expect.objectContaining({ code: 'KEEL_DISPOSED' }) as Error
    expect(() => app.get(a)).toThrow(disposed)
    expect(() => app.create(class {})).toThrow(disposed)
    expect(() => app.createScope()).toThrow(disposed)
    await expect(app.start()).rejects.toThrow(disposed)
    await expect(handle.start()).rejects.toThrow(disposed)
    await expect(handle.restart()).rejects.toThrow(disposed)
  })

  it('asked for again while it is under way is the same disposal', async () => {
    const journal = new Journal()
    const app = await createTestApplication(root(journal)).start()
    app.state$.subscribe((state) => {
      if (state === 'draining') void app[Symbol.asyncDispose]()
    })
    await Promise.all([app[Symbol.asyncDispose](), app[Symbol.asyncDispose]()])
    expect(journal.lines).toEqual(['User.onShutdown', 'CACHE disposed', 'POOL disposed'])
  })

  it('of an application that never started disposes of what factories made', async () => {
    const journal = new Journal()
    await using app = await createTestApplication(root(journal)).create()
    await app[Symbol.asyncDispose]()
    expect(app.state).toBe('created')
    expect(journal.lines).toEqual(['CACHE disposed', 'POOL disposed'])
  })

  it('happens by itself to an application that has crashed, after its services have stopped', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    @Service()
    class Fragile {
      onStart({ addTask }: ServiceContext): void {
        addTask(async ({ sleep, crash }) => {
          await sleep('1s')
          crash(boom)
        })
      }
      async onShutdown(context: ServiceContext): Promise<void> {
        await takes(500)(context)
        journal.note('Fragile.onShutdown')
      }
    }
    const Base = root(journal)
    @Module({ imports: [Base], providers: [Fragile] })
    class Root {}
    const app = await createTestApplication(Root).start()
    const ended = rejection(app.waitUntilStopped())
    await app.clock.advance('1m')
    expect(await ended).toBe(boom)
    expect(app.state).toBe('crashed')
    expect(journal.lines).toEqual([
      'User.onShutdown',
      'Fragile.onShutdown',
      'CACHE disposed',
      'POOL disposed'
    ])
    await expect(app.start()).rejects.toThrow('it has crashed')
    expect(() => app.get(POOL)).toThrow('KEEL_DISPOSED')
  })
})

describe('a stop of one service that is under way when all is to stop', () => {
  type Spec = NonNullable<Parameters<Journal['service']>[1]>
  const hanging: [string, Spec][] = [
    ['onStop', { onStop: never }],
    ['onShutdown', { onShutdown: never }],
    ['a resource', { onStart: ({ defer }) => defer(() => never()) }],
    ['work', { onStart: ({ addTask }) => void addTask(() => never(), { name: 'work' }) }],
    ['the gate of waitForShutdown', { options: { waitForShutdown: true } }]
  ]
  const levers: [string, (app: TestApplication, cls: Class<object>) => unknown][] = [
    ['stop', (app, cls) => app.service(cls).stop()],
    ['restart', (app, cls) => app.service(cls).restart()]
  ]
  const cases = hanging.flatMap(([what, spec]) =>
    levers.map(([how, lever]) => [how, what, spec, lever] as const)
  )

  it.each(cases)('takes no longer than that: %s, with %s', async (_, what, spec, lever) => {
    const journal = new Journal()
    const options = { stopTimeout: '1m', ...spec.options } as const
    const a = journal.service('A', { ...spec, options })
    const app = await createTestApplication([a], { shutdownTimeout: '3s' }).start()
    Promise.resolve(lever(app, a)).catch(() => {})
    await app.clock.advance('2s')
    expect(app.service(a).state).toBe('stopping')
    const stopped = rejection(app.stop())
    await app.clock.advance(2999)
    expect(app.state).not.toBe('stopped')
    await app.clock.advance(1)
    expect(await stopped).toMatchObject({
      code: 'KEEL_STOP_FAILED',
      message: expect.stringContaining('did not end within 5s')
    })
    expect(app.state).toBe('stopped')
  })

  it('keeps its own limit where that is over before', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: never, options: { stopTimeout: '4s' } })
    const app = await createTestApplication([a], { shutdownTimeout: '30s' }).start()
    const own = rejection(app.service(a).stop())
    await app.clock.advance('1s')
    const stopped = app.stop().catch(() => {})
    await app.clock.advance('3s')
    await stopped
    expect(await own).toMatchObject({ message: expect.stringContaining('did not end within 4s') })
  })

  it('ends with the rest when the application crashes', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: never, options: { stopTimeout: '1m' } })
    const b = journal.service('B')
    const app = await createTestApplication([a, b], { shutdownTimeout: '3s' }).start()
    app
      .service(a)
      .stop()
      .catch(() => {})
    await app.clock.settle()
    app.crash(b, new Error('boom'))
    const ended = rejection(app.waitUntilStopped())
    await app.clock.advance('3s')
    expect(await ended).toMatchObject({ message: 'boom' })
    expect(app.state).toBe('crashed')
  })
})
