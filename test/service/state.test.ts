import { describe, expect, it } from 'vitest'
import {
  inject,
  LifecycleError,
  Service,
  ServiceBase,
  ServiceContext,
  type ServiceSnapshot,
  type ServiceState
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { Journal, rejection, takes, throws, type Spec } from '../app/journal.js'

async function withOne(spec: Spec = {}): Promise<{ app: TestApplication; journal: Journal; name: 'A' }> {
  const journal = new Journal()
  const builder = createTestApplication(
    journal.service('A', { ...spec, options: { provide: 'A', ...spec.options } })
  )
  return { app: await builder.create(), journal, name: 'A' }
}

describe('a subscriber of state$ that throws', () => {
  it('is logged, and disturbs neither the service nor the other subscribers', async () => {
    const { app } = await withOne()
    const seen: string[] = []
    const { state$ } = app.service('A')
    state$.subscribe(() => {
      throw new Error('bad subscriber')
    })
    state$.subscribe(() => Promise.reject(new Error('bad async subscriber')) as never)
    state$.subscribe(({ state }) => seen.push(state))
    await app.start()
    await app.service('A').restart()
    await app.stop()
    expect(seen).toEqual([
      ...['init', 'waiting', 'starting', 'running'],
      ...['stopping', 'stopped', 'waiting', 'starting', 'running', 'stopping', 'stopped']
    ])
    expect(app.events.ofType('service.crashed')).toEqual([])
    const logged = app.logs.filter(
      ({ msg, service }) => msg === 'a subscriber of state$ failed' && service === 'A'
    )
    expect(logged).toHaveLength(2 * seen.length)
  })
})

describe('state$', () => {
  it('replays the current snapshot to a late subscriber', async () => {
    const { app } = await withOne()
    await app.clock.advance('1m')
    await app.start()
    const at = app.clock.now()
    await app.clock.advance('1h')
    const seen: ServiceSnapshot[] = []
    app.service('A').state$.subscribe((snapshot) => seen.push(snapshot))
    expect(seen).toEqual([{ service: 'A', state: 'running', run: 1, since: at, restartCount: 0 }])
  })

  it('emits each change once, when the new state can be read everywhere', async () => {
    const { app } = await withOne({ onShutdown: () => {} })
    const handle = app.service('A')
    const seen: string[] = []
    handle.state$.subscribe(({ state, run, since }) => {
      expect(handle.state).toBe(state)
      expect(app.graph.nodes[0]!.state).toBe(state)
      expect(app.health().services[0]!.state).toBe(state)
      expect(since).toBe(app.clock.now())
      seen.push(`${state} ${run}`)
    })
    await app.start()
    await app.stop()
    await app.start()
    expect(seen).toEqual([
      ...['init 0', 'waiting 1', 'starting 1', 'running 1', 'stopping 1', 'stopped 1'],
      ...['waiting 2', 'starting 2', 'running 2']
    ])
  })

  it('carries the reason of a crash as it was thrown, and never fails', async () => {
    const { app } = await withOne({ onShutdown: takes(10) })
    const seen: ServiceSnapshot[] = []
    let failed = false
    app
      .service('A')
      .state$.subscribe({ next: (snapshot) => seen.push(snapshot), error: () => (failed = true) })
    await app.start()
    app.crash('A', undefined)
    const ended = rejection(app.waitUntilStopped())
    await app.clock.advance(10)
    expect(await ended).toBeUndefined()
    expect(seen.slice(-3).map(({ state }) => state)).toEqual(['crashed', 'stopping', 'crashed'])
    for (const snapshot of seen.slice(-3)) expect(snapshot).toHaveProperty('crashReason', undefined)
    expect(seen[3]).not.toHaveProperty('crashReason')
    expect(failed).toBe(false)
  })

  it('can be subscribed to by a constructor, whatever hooks come to be after that', async () => {
    const seen: string[] = []
    @Service()
    class Injected {
      constructor() {
        inject(ServiceContext).state$.subscribe(({ service, state }) => seen.push(`${service} ${state}`))
      }
      readonly onStart = (): void => void seen.push('Injected starts')
    }
    class Watched extends ServiceBase {
      constructor() {
        super()
        this.state$.subscribe(({ service, state }) => seen.push(`${service} ${state}`))
      }
    }
    class Extended extends Watched {
      readonly onStart = (): void => void seen.push('Extended starts')
    }
    const app = await createTestApplication(Injected).start()
    const service = new Extended()
    await service.start()
    const told = (name: string, states: string[]): string[] => states.map((state) => `${name} ${state}`)
    expect(seen).toEqual([
      ...told('Injected', ['init', 'waiting', 'starting', 'starts', 'running']),
      ...told('Extended', ['init', 'waiting', 'starting', 'starts', 'running'])
    ])
    await service.stop()
    await app.stop()
  })

  it('lets a subscriber pull a lever in the midst of a change, whose own change comes after', async () => {
    const { app } = await withOne()
    const handle = app.service('A')
    const seen: string[] = []
    handle.state$.subscribe(({ state, run }) => {
      if (state === 'running' && run === 1) void handle.restart()
    })
    handle.state$.subscribe(({ state }) => seen.push(state))
    await app.start()
    await app.until('A', 'running')
    expect(seen).toEqual([
      ...['init', 'waiting', 'starting', 'running'],
      ...['stopping', 'stopped', 'waiting', 'starting', 'running']
    ])
  })

  it('goes on from the state of a stopped application when it starts anew, and completes at disposal', async () => {
    const { app } = await withOne()
    let completed = 0
    app.service('A').state$.subscribe({ complete: () => completed++ })
    await app.start()
    await app.stop()
    expect(completed).toBe(0)
    await app[Symbol.asyncDispose]()
    expect(completed).toBe(1)
    expect(app.service('A').state).toBe('stopped')
  })
})

describe('an illegal transition', () => {
  const refused = expect.objectContaining({ code: 'KEEL_ILLEGAL_TRANSITION' }) as Error

  it.each<[ServiceState, (app: TestApplication) => Promise<unknown>]>([
    ['init', async () => {}],
    ['stopped', async (app) => (await app.start(), app.stop())]
  ])('is a crash of a service that is %s', async (state, prepare) => {
    const { app } = await withOne()
    await prepare(app)
    const handle = app.service('A')
    expect(handle.state).toBe(state)
    expect(() => handle.crash(new Error('boom'))).toThrow(refused)
    expect(() => handle.crash(new Error('boom'))).toThrow(`A cannot crash: it is '${state}'`)
    expect(handle.state).toBe(state)
  })

  it('is adding work or children to a service that stops', async () => {
    const errors: unknown[] = []
    const { app } = await withOne({
      async onStop({ addTask, addTimer, addCron, addChild }) {
        for (const add of [
          () => addTask(async () => {}),
          () => addTimer('1s', () => {}),
          () => addCron('* * * * *', () => {}),
          () => addChild({})
        ]) {
          try {
            await add()
          } catch (error) {
            errors.push(error)
          }
        }
      }
    })
    await app.start()
    await app.stop()
    expect(errors).toEqual([refused, refused, refused, refused])
    expect(errors[0]).toBeInstanceOf(LifecycleError)
  })

  it('is the start of a service that stops, which waits instead', async () => {
    const { app, journal } = await withOne({ onStop: takes(100) })
    await app.start()
    const stopping = app.service('A').stop()
    const starting = app.service('A').start()
    await app.clock.advance(100)
    await Promise.all([stopping, starting])
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop', 'A.onStart'])
  })
})

describe('crash()', () => {
  it('while starting fails the start', async () => {
    const boom = new Error('boom')
    const { app } = await withOne({ onStart: takes(1000) })
    app.clock.setTimeout(() => app.crash('A', boom), 500)
    const error = await rejection(app.start())
    expect(error).toMatchObject({ name: 'StartError', service: 'A' })
    expect((error as Error).cause).toBe(boom)
  })

  it('keeps the first reason; what comes after it is told with the errors of the stop', async () => {
    const [one, two] = [new Error('one'), new Error('two')]
    const { app } = await withOne()
    await app.start()
    app.crash('A', one)
    app.crash('A', two)
    expect(app.service('A').crashReason).toBe(one)
    expect(await rejection(app.waitUntilStopped())).toBe(one)
    const [stopped] = app.events.ofType('application.stopped')
    expect((stopped!.error as AggregateError).errors).toEqual([two])
  })
})

describe('waitUntilStopped', () => {
  it('rejects with the reason of a crash, for late callers too, once everything is released', async () => {
    const boom = new Error('boom')
    const { app, journal } = await withOne({ onShutdown: takes(100) })
    await app.start()
    const handle = app.service('A')
    const waits = [rejection(handle.waitUntilStopped()), rejection(app.waitUntilStopped())]
    app.crash('A', boom)
    let settled = false
    void waits[0]!.then(() => (settled = true))
    await app.clock.settle()
    expect(settled).toBe(false)
    await app.clock.advance(100)
    expect(await Promise.all(waits)).toEqual([boom, boom])
    expect(journal.lines.at(-1)).toBe('A.onShutdown')
    expect(await rejection(handle.waitUntilStopped())).toBe(boom)
    expect(await rejection(app.waitUntilStopped())).toBe(boom)
  })

  it('rejects when its time passes, and with what is no duration', async () => {
    const { app } = await withOne()
    await app.start()
    const failed = rejection(app.service('A').waitUntilStopped({ timeout: '1s' }))
    await app.clock.advance('1s')
    expect(await failed).toMatchObject({ code: 'KEEL_WAIT_TIMEOUT', service: 'A' })
    expect(await rejection(app.service('A').waitUntilStopped({ timeout: 'soon' }))).toMatchObject({
      code: 'KEEL_INVALID_DURATION'
    })
    expect(app.clock.pending.count).toBe(0)
    await app.stop()
  })

  it('given up by the thousand takes a time that grows with their number', async () => {
    const { app, name } = await withOne()
    await app.start()
    const measure = async (count: number): Promise<number> => {
      const waits = Array.from({ length: count }, () =>
        app
          .service(name)
          .waitUntilStopped({ timeout: '1s' })
          .catch(() => undefined)
      )
      const begun = performance.now()
      await app.clock.advance('1s')
      await Promise.all(waits)
      return performance.now() - begun
    }
    await measure(1000)
    const [small, large] = [await measure(5000), await measure(30_000)]
    expect(large).toBeLessThan(15 * Math.max(small, 50))
    await app.stop()
  })

  it('waits for a start to come, and resolves once it has stopped', async () => {
    const { app } = await withOne({ onStop: takes(100) })
    let settled = false
    const waiting = app
      .service('A')
      .waitUntilStopped({ timeout: '1h' })
      .then(() => (settled = true))
    await app.start()
    expect(settled).toBe(false)
    await app.stop()
    await waiting
    await app.service('A').waitUntilStopped()
    expect(app.clock.pending.count).toBe(0)
  })

  it('does not settle while a restart is under way', async () => {
    const { app } = await withOne({ onStop: takes(100), onStart: takes(100) })
    await app.start()
    let settled = false
    void app
      .service('A')
      .waitUntilStopped()
      .then(() => (settled = true))
    const restarting = app.service('A').restart()
    await app.clock.advance(200)
    await restarting
    expect(settled).toBe(false)
    await app.stop()
    await app.clock.settle()
    expect(settled).toBe(true)
  })

  it('of the application resolves after a failed start', async () => {
    const { app } = await withOne({ onStart: throws(new Error('boom')) })
    const waiting = app.waitUntilStopped()
    await rejection(app.start())
    expect(await waiting).toBeUndefined()
  })
})
