import { describe, expect, it } from 'vitest'
import {
  createApplication,
  LifecycleError,
  Module,
  Service,
  ServiceContext,
  wanted,
  type Application,
  type Class
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { Journal, never, rejection, takes, throws } from './journal.js'

async function plain(root: Class | Class[], options = {}): Promise<{ app: Application; clock: TestClock }> {
  const clock = new TestClock()
  return { app: await createApplication(root, { clock, logger: false, ...options }), clock }
}

describe('the order of a start', () => {
  it('runs the hooks along a chain one after another, dependencies first', async () => {
    const journal = new Journal()
    const done = (name: string) => async () => {
      await Promise.resolve()
      journal.note(`${name} done`)
    }
    const a = journal.service('A', { onStart: done('A') })
    const b = journal.service('B', { needs: [a], onStart: done('B') })
    const c = journal.service('C', { needs: [b], onStart: done('C') })
    await createTestApplication([c]).start()
    expect(journal.lines).toEqual(['A.onStart', 'A done', 'B.onStart', 'B done', 'C.onStart', 'C done'])
  })

  it('starts independent services at once, and what needs one of them when that one runs', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(100) })
    const b = journal.service('B', { needs: [a], onStart: takes(50) })
    const x = journal.service('X', { onStart: takes(1000) })
    const app = await createTestApplication([b, x]).start()
    const began = Object.fromEntries(app.events.ofType('service.starting').map((e) => [e.service, e.at]))
    const ended = Object.fromEntries(app.events.ofType('service.started').map((e) => [e.service, e.at]))
    expect(began['A']).toBe(began['X'])
    expect(began['B']).toBe(ended['A'])
    expect(ended['X']).toBe(began['X']! + 1000)
    expect(app.bootReport().totalMs).toBe(1000)
  })

  it('starts the bottom of a diamond once and first, the top once and last', async () => {
    const journal = new Journal()
    const d = journal.service('D', { onStart: takes(10) })
    const b = journal.service('B', { needs: [d], onStart: takes(20) })
    const c = journal.service('C', { needs: [d], onStart: takes(30) })
    const a = journal.service('A', { needs: [b, c] })
    const app = await createTestApplication([a, b, c, d]).start()
    expect(journal.lines).toEqual(['D.onStart', 'B.onStart', 'C.onStart', 'A.onStart'])
    expect(app.services.map((service) => service.name)).toEqual(['D', 'B', 'C', 'A'])
    expect(app.bootReport().totalMs).toBe(40)
  })

  it('is the same at every start when concurrency is 1', async () => {
    const journal = new Journal()
    const list = ['A', 'B', 'C'].map((name) =>
      journal.service(name, { onStart: takes(10), onStarted: () => {} })
    )
    const app = await createTestApplication(list, { concurrency: 1 }).start()
    expect(journal.lines).toEqual(['A', 'B', 'C'].flatMap((name) => [`${name}.onStart`, `${name}.onStarted`]))
    expect(app.bootReport()).toMatchObject({ totalMs: 30, parallelism: 1 })
  })

  it('is the one that the graph tells when concurrency is 1', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(10) })
    const b = journal.service('B', { needs: [a], onStart: takes(10) })
    const c = journal.service('C', { needs: [b], onStart: takes(10) })
    const d = journal.service('D', { onStart: takes(10) })
    const app = await createTestApplication([a, b, c, d], { concurrency: 1 }).start()
    expect(app.graph.startOrder()).toEqual(['A', 'B', 'C', 'D'])
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'C.onStart', 'D.onStart'])
  })

  it('never has more services starting at once than concurrency allows', async () => {
    const journal = new Journal()
    let open = 0
    let most = 0
    const list = Array.from({ length: 7 }, (_, index) =>
      journal.service(`S${index}`, {
        async onStart(context) {
          most = Math.max(most, ++open)
          await takes(10)(context)
          open--
        }
      })
    )
    const app = await createTestApplication(list, { concurrency: 3 }).start()
    expect(most).toBe(3)
    expect(app.bootReport().totalMs).toBe(30)
  })

  it('takes services without hooks, and an application without services', async () => {
    @Service()
    class Bare {}
    const app = await createTestApplication(Bare).start()
    expect(app.service(Bare).state).toBe('running')

    @Module({})
    class Nothing {}
    const empty = await createTestApplication(Nothing).start()
    expect(empty.state).toBe('running')
    expect(empty.health()).toEqual({ live: true, ready: true, started: true, services: [] })
    expect(empty.bootReport()).toEqual({ totalMs: 0, parallelism: 0, criticalPath: [], services: [] })
    await empty.stop()
    expect(empty.events.names()).toEqual([
      'application.starting',
      'application.started',
      'application.draining',
      'application.stopping',
      'application.stopped'
    ])
  })

  it('runs the hooks and the work of one service in the order of the table', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onReady: () => {} })
    const all = { onFirstStart: () => {}, onStarted: () => {}, onReady: () => {}, onRestart: () => {} }
    const owner = journal.service('Owner', {
      ...all,
      async onStart({ addTask, addChild }) {
        addTask(async ({ sleep }) => {
          journal.note('task')
          await sleep('1d')
        })
        await addChild(child)
      }
    })
    await createTestApplication([owner]).start()
    expect(journal.lines).toEqual([
      'Owner.onFirstStart',
      'Owner.onStart',
      'task',
      'Child.onStart',
      'Owner.onStarted',
      'Owner.onReady',
      'Child.onReady'
    ])
  })

  it('reaches a class that two modules lead to once', async () => {
    const journal = new Journal()
    const shared = journal.service('Shared')
    const left = journal.service('Left', { needs: [shared] })
    const right = journal.service('Right', { needs: [shared] })
    @Module({ providers: [shared], exports: [shared] })
    class Common {}
    @Module({ imports: [Common], providers: [left], exports: [Common] })
    class LeftModule {}
    @Module({ imports: [Common], providers: [right], exports: [Common] })
    class RightModule {}
    @Module({ imports: [LeftModule, RightModule] })
    class Root {}
    const app = await createTestApplication(Root).start()
    expect(journal.lines).toEqual(['Shared.onStart', 'Left.onStart', 'Right.onStart'])
    expect(app.services).toHaveLength(3)
  })
})

describe('onReady', () => {
  it('is called on everything when all of it runs, and awaited', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onReady: takes(100) })
    const b = journal.service('B', {
      needs: [a],
      onStart: takes(50),
      async onReady(context) {
        await takes(20)(context)
        journal.note(`${app.state} ${app.service(a).state}`)
      }
    })
    const app = await createTestApplication([b]).create()
    await app.start()
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'A.onReady', 'B.onReady', 'starting running'])
    expect(app.bootReport().totalMs).toBe(150)
  })

  it('that throws fails the start, and everything stops', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onReady: throws(boom) })
    const { app } = await plain([b])
    const error = await rejection(app.start())
    expect(error).toMatchObject({
      name: 'StartError',
      service: 'B',
      path: ['B'],
      phase: 'onReady',
      errors: []
    })
    expect((error as Error).cause).toBe(boom)
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'B.onReady', 'B.onStop', 'A.onStop'])
    expect(app.state).toBe('stopped')
  })

  it('that outlasts the startTimeout of its service fails the start', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onReady: never, options: { startTimeout: '3s' } })
    const app = await createTestApplication([a]).create()
    const error = await rejection(app.start())
    expect(error).toMatchObject({ service: 'A', phase: 'onReady', cause: { code: 'KEEL_START_TIMEOUT' } })
    expect((error as Error).message).toContain('A: onReady did not end within 3s')
  })
})

describe('starting what is started', () => {
  it('is refused with its state in the message, and possible again after a stop', async () => {
    const journal = new Journal()
    const { app } = await plain([journal.service('A')])
    await app.start()
    const error = await rejection(app.start())
    expect(error).toBeInstanceOf(LifecycleError)
    expect(error).toMatchObject({ code: 'KEEL_ALREADY_STARTED' })
    expect((error as Error).message).toContain('already running')
    await app.stop()
    await app.start()
    expect(app.state).toBe('running')
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop', 'A.onStart'])
  })

  it('tells of an application what an application can do about it', async () => {
    const { app } = await plain([])
    await app.start()
    const { hint } = (await rejection(app.start())) as LifecycleError
    expect(hint).not.toContain('maybeStart')
    expect(hint).toContain('stop()')
    await app.stop()
  })

  it('is no use to a start hook, which is told of onReady and not of the end of the run', async () => {
    const hints: (string | undefined)[] = []
    let ready = ''
    @Service()
    class Own {
      async onStart({ start }: ServiceContext) {
        hints.push(((await rejection(app.start())) as LifecycleError).hint)
        hints.push(((await rejection(start())) as LifecycleError).hint)
      }
      onReady() {
        ready = app.service(Own).state
      }
    }
    const { app } = await plain(Own)
    await app.start()
    expect(hints).toEqual([
      expect.stringContaining('goes into onReady'),
      expect.stringContaining('goes into onReady')
    ])
    expect(hints.join(' ')).not.toContain('stopRequested')
    expect(ready).toBe('running')
    await app.stop()
  })

  it('gives the same promise while it starts, and calls each hook once', async () => {
    const journal = new Journal()
    const { app, clock } = await plain([journal.service('A', { onStart: takes(10) })])
    const first = app.start()
    expect(app.start()).toBe(first)
    await clock.advance(10)
    await first
    expect(journal.lines).toEqual(['A.onStart'])
  })

  it('is refused while it stops', async () => {
    const journal = new Journal()
    const { app, clock } = await plain([journal.service('A', { onStop: takes(10) })])
    await app.start()
    const stopping = app.stop()
    await clock.settle()
    await expect(app.start()).rejects.toThrow("it is 'stopping'")
    await clock.advance(10)
    await stopping
    await app.start()
    expect(app.state).toBe('running')
  })
})

describe('a dependency that is merely wanted', () => {
  it('may fail to start: it is crashed, those that need it do not start, the rest goes on', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const metrics = journal.service('Metrics', { onStart: throws(boom), onShutdown: () => {} })
    const charts = journal.service('Charts', { needs: [metrics] })
    const api = journal.service('Api', { needs: [wanted(metrics), wanted(charts)] })
    const app = await createTestApplication([api, metrics, charts]).start()
    expect(journal.lines).toEqual(['Metrics.onStart', 'Metrics.onShutdown', 'Api.onStart'])
    expect(app.state).toBe('running')
    expect(app.service(metrics)).toMatchObject({ state: 'crashed', crashReason: boom })
    expect(app.service(charts).state).toBe('crashed')
    await app.stop()
    expect(app.state).toBe('stopped')
  })

  it('is ordered before what wants it', async () => {
    const journal = new Journal()
    const metrics = journal.service('Metrics', { onStart: takes(100) })
    const api = journal.service('Api', { needs: [wanted(metrics)] })
    const app = await createTestApplication([api, metrics]).start()
    expect(app.bootReport().services).toEqual([
      { name: 'Metrics', waitingMs: 0, startingMs: 100 },
      { name: 'Api', waitingMs: 100, startingMs: 0 }
    ])
  })

  it('may be absent', async () => {
    const journal = new Journal()
    const metrics = journal.service('Metrics')
    @Module({ providers: [journal.service('Api', { needs: [wanted(metrics)] })] })
    class Root {}
    await createTestApplication(Root).start()
    expect(journal.lines).toContain('Api.onStart')
  })

  it('that is needed by another one too may not fail', async () => {
    const journal = new Journal()
    const metrics = journal.service('Metrics', { onStart: throws(new Error('boom')) })
    const api = journal.service('Api', { needs: [wanted(metrics)] })
    const strict = journal.service('Strict', { needs: [metrics] })
    const error = await rejection(createTestApplication([api, strict]).start())
    expect(error).toMatchObject({ service: 'Metrics', path: ['Strict', 'Metrics'] })
  })

  it('may crash later, and its crash does not climb', async () => {
    const journal = new Journal()
    const metrics = journal.service('Metrics', { onShutdown: () => {} })
    const api = journal.service('Api', { needs: [wanted(metrics)] })
    const app = await createTestApplication([api, metrics]).start()
    app.crash(metrics, new Error('boom'))
    await app.clock.settle()
    expect(app.state).toBe('running')
    expect(app.service(metrics).state).toBe('crashed')
    expect(journal.lines.at(-1)).toBe('Metrics.onShutdown')
    await app.stop()
  })
})

describe('the boot report', () => {
  it('counts nothing of what somebody had begun to start by itself before', async () => {
    const journal = new Journal()
    const db = journal.service('Db', { onStart: takes(100) })
    const api = journal.service('Api', { needs: [db], onStart: takes(100) })
    const app = await createTestApplication([api]).create()
    const byHand = app.service(api).start()
    await app.clock.advance(50)
    await Promise.all([byHand, app.start()])
    expect(app.bootReport()).toMatchObject({
      totalMs: 150,
      services: [
        { name: 'Db', waitingMs: 0, startingMs: 0 },
        { name: 'Api', waitingMs: 0, startingMs: 100 }
      ]
    })
  })

  it('tells who waited how long, who took how long, and the chain that decided', async () => {
    const journal = new Journal()
    const db = journal.service('Db', { onStart: takes(100) })
    const cache = journal.service('Cache', { onStart: takes(30) })
    const api = journal.service('Api', { needs: [db, cache], onStart: takes(50) })
    const app = await createTestApplication([api]).start()
    expect(app.bootReport()).toEqual({
      totalMs: 150,
      parallelism: 1.2,
      criticalPath: ['Db', 'Api'],
      services: [
        { name: 'Db', waitingMs: 0, startingMs: 100 },
        { name: 'Cache', waitingMs: 0, startingMs: 30 },
        { name: 'Api', waitingMs: 100, startingMs: 50 }
      ]
    })
    expect(app.graph.criticalPath()).toEqual(['Db', 'Api'])
  })
})
