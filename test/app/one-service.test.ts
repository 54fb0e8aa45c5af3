import { describe, expect, it } from 'vitest'
import {
  createApplication,
  inject,
  Application,
  Module,
  Service,
  ServiceContext,
  StopError,
  Task,
  wanted
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { Journal, rejection, takes, throws } from './journal.js'

describe('a service that ends by itself as soon as it runs', () => {
  it('has been started, by hand and by a restart', async () => {
    @Service()
    class Job {
      readonly context = inject(ServiceContext)
    }
    const app = await createTestApplication([Job]).create()
    const job = app.service(Job)
    let runs = 0
    job.state$.subscribe(({ state }) => {
      if (state !== 'running') return
      runs++
      void app.get(Job).context.stop('done')
    })
    await app.start()
    await app.clock.settle()
    await job.start()
    await app.clock.settle()
    await job.restart()
    await app.clock.settle()
    expect([runs, job.state, app.state]).toEqual([3, 'stopped', 'running'])
  })
})

describe('the start of one service that fails', () => {
  it('rejects like a start of the application, and stops again what it had started', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    let fails = true
    const a = journal.service('A')
    const b = journal.service('B', {
      needs: [a],
      onStart() {
        if (fails) throw boom
      }
    })
    const c = journal.service('C', { needs: [b] })
    const app = await createTestApplication([c]).create()
    const error = await rejection(app.service(c).start())
    expect(error).toMatchObject({
      name: 'StartError',
      service: 'B',
      path: ['C', 'B'],
      phase: 'onStart',
      errors: []
    })
    expect((error as Error).cause).toBe(boom)
    expect(journal.take()).toEqual(['A.onStart', 'B.onStart', 'A.onStop'])
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'crashed', 'stopped'])
    fails = false
    await app.service(c).start()
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'C.onStart'])
  })

  it('leaves alone what another start has come to need', async () => {
    const journal = new Journal()
    const base = journal.service('Base', { onStart: takes(1000) })
    const bad = journal.service('Bad', { needs: [base], onStart: () => Promise.reject(new Error('boom')) })
    const good = journal.service('Good', { needs: [base], onStart: takes(5000) })
    const clock = new TestClock()
    const app = await createApplication([bad, good], { clock, logger: false })
    const failed = rejection(app.service(bad).start())
    const started = app.service(good).start()
    await clock.advance('1s')
    expect(await failed).toMatchObject({ service: 'Bad' })
    expect(app.service(base).state).toBe('running')
    await clock.advance('5s')
    await started
    await app.stop()
  })

  it('takes back what was to be started by hand too, when that has failed and is being taken back', async () => {
    const journal = new Journal()
    const base = journal.service('Base', { onStart: takes(50), onStop: takes(20) })
    const middle = journal.service('Middle', { needs: [base], onStart: throws('no middle') })
    const broken = journal.service('Broken', { onStart: throws('no luck') })
    const top = journal.service('Top', { needs: [middle, broken] })
    const app = await createTestApplication([top]).create()
    const first = rejection(app.service(middle).start())
    await app.clock.advance('60ms')
    expect(app.service(base).state).toBe('stopping')
    const second = rejection(app.service(top).start())
    await app.clock.advance('1s')
    expect(await first).toMatchObject({ service: 'Middle' })
    expect(await second).toMatchObject({ service: 'Broken' })
    expect(app.services.filter(({ state }) => state === 'waiting')).toEqual([])
    await app.stop()
  })

  it('calls onReady once the application runs, and stops again when that fails', async () => {
    const journal = new Journal()
    let fails = false
    const a = journal.service('A', {
      onReady() {
        if (fails) throw new Error('not ready')
      }
    })
    const app = await createTestApplication([a]).start()
    await app.service(a).stop()
    await app.service(a).start()
    expect(journal.lines.filter((line) => line === 'A.onReady')).toHaveLength(2)
    await app.service(a).stop()
    fails = true
    const error = await rejection(app.service(a).start())
    expect(error).toMatchObject({ name: 'StartError', service: 'A', phase: 'onReady' })
    expect(app.service(a).state).toBe('stopped')
    expect(app.state).toBe('running')
  })

  it('only through something wanted does not fail what wants it', async () => {
    const journal = new Journal()
    const metrics = journal.service('Metrics', { onStart: throws(new Error('boom')) })
    const api = journal.service('Api', { needs: [wanted(metrics)] })
    const strict = journal.service('Strict', { needs: [metrics] })
    const app = await createTestApplication([api, strict]).create()
    await app.service(api).start()
    expect(app.services.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Metrics crashed',
      'Api running',
      'Strict init'
    ])
    expect(await rejection(app.service(metrics).start())).toMatchObject({ service: 'Metrics' })
  })
})

describe('the start of one service that needs what its supervisor stops for good meanwhile', () => {
  it('rejects with that, and stops again what it had started', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: { restart: 'temporary' }, onStart: takes(1000) })
    const disk = journal.service('Disk')
    const shop = journal.service('Shop', { needs: [disk, cache] })
    @Module({
      providers: [first, cache],
      exports: [cache],
      supervisor: { strategy: 'one-for-all', backoff: false }
    })
    class Inner {}
    @Module({ imports: [Inner], providers: [shop] })
    class Root {}
    const app = await createTestApplication(Root).create()
    await app.service(first).start()
    app.clock.setTimeout(() => app.service(first).crash(boom), 10)
    const starting = rejection(app.service(shop).start())
    await app.clock.advance(1000)
    expect(await starting).toMatchObject({
      name: 'StartError',
      service: 'Cache',
      path: ['Shop', 'Cache'],
      cause: { code: 'KEEL_START_ABORTED', cause: boom }
    })
    expect(app.services.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'First running',
      'Cache stopped',
      'Disk stopped',
      'Shop stopped'
    ])
  })

  it('after it ran names both too', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: { restart: 'temporary' } })
    const disk = journal.service('Disk', { onStart: takes(1000) })
    const shop = journal.service('Shop', { needs: [cache, disk] })
    @Module({
      providers: [first, cache],
      exports: [cache],
      supervisor: { strategy: 'one-for-all', backoff: false }
    })
    class Inner {}
    @Module({ imports: [Inner], providers: [disk, shop] })
    class Root {}
    const app = await createTestApplication(Root).create()
    await app.service(first).start()
    const starting = rejection(app.service(shop).start())
    await app.clock.advance(10)
    app.service(first).crash(new Error('boom'))
    await app.clock.advance(1000)
    expect(await starting).toMatchObject({ service: 'Cache', path: ['Shop', 'Cache'], phase: 'supervision' })
  })
})

describe('a service of an application that stops', () => {
  it('that is to restart once it has started does not when the application stops before', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(10) })
    const app = await createTestApplication(a).create()
    const started = rejection(app.service(a).start())
    const restarted = rejection(app.service(a).restart())
    await app.stop()
    expect(await started).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(await restarted).toMatchObject({ code: 'KEEL_START_ABORTED' })
    await app.clock.advance('1s')
    expect([app.state, app.service(a).state, journal.take()]).toEqual([
      'stopped',
      'stopped',
      ['A.onStart', 'A.onStop']
    ])
  })

  it.each(['start', 'restart'] as const)(
    'is not brought back by %s() of work that a stop of the application has left behind',
    async (lever) => {
      const refusals: unknown[] = []
      @Service({ stopTimeout: 100 })
      class Left {
        @Task() async work(context: ServiceContext): Promise<void> {
          await takes(300)(context)
          refusals.push(await rejection(context[lever]()))
        }
      }
      const app = await createTestApplication(Left).start()
      await rejection(app.stop())
      await app.clock.advance('1s')
      expect(refusals).toMatchObject([{ code: 'KEEL_ILLEGAL_TRANSITION', service: 'Left' }])
      expect(app.service(Left).state).toBe('stopped')
      await app.service(Left).start()
      expect(app.service(Left).state).toBe('running')
    }
  )
})

describe('a service whose first start was cut short by its supervisor', () => {
  it('is not restarted when what it needs then fails to start', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const disk = journal.service('Disk', {
      onStart: async (context) => {
        await takes(1000)(context)
        throw new Error('no disk')
      }
    })
    const shop = journal.service('Shop', { needs: [disk] })
    @Module({ providers: [first, shop], supervisor: { strategy: 'one-for-all', backoff: false } })
    class Inner {}
    @Module({ imports: [Inner], providers: [disk], exports: [disk], global: true })
    class Root {}
    const app = await createTestApplication(Root).create()
    await app.service(first).start()
    const starting = rejection(app.service(shop).start())
    await app.clock.advance(10)
    app.service(first).crash(new Error('boom'))
    expect(await starting).toMatchObject({ code: 'KEEL_START_ABORTED', service: 'Shop' })
    await app.clock.advance(1000)
    expect(app.services.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
      'Disk crashed',
      'First running',
      'Shop stopped'
    ])
    await app.service(shop).waitUntilStopped()
  })
})

describe('the start of one service', () => {
  it('first starts those it needs, and nothing else', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(100) })
    const b = journal.service('B', { needs: [a] })
    const c = journal.service('C', { needs: [b] })
    const app = await createTestApplication([c, journal.service('D')]).create()
    const starting = app.service(b).start()
    expect(app.services.map(({ state }) => state)).toEqual(['starting', 'waiting', 'init', 'init'])
    await app.clock.advance(100)
    await starting
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart'])
    await app.start()
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'C.onStart', 'D.onStart'])
  })

  it('waits for what somebody else is starting', async () => {
    const journal = new Journal()
    const base = journal.service('Base', { onStart: takes(1000) })
    const one = journal.service('One', { needs: [base] })
    const two = journal.service('Two', { needs: [base] })
    const app = await createTestApplication([one, two]).create()
    const starts = [app.service(one).start(), app.service(two).start()]
    await app.clock.advance(999)
    expect(journal.lines).toEqual(['Base.onStart'])
    await app.clock.advance(1)
    await Promise.all(starts)
    expect(journal.lines).toEqual(['Base.onStart', 'One.onStart', 'Two.onStart'])
  })

  it('waits for what is on its way down, and starts it again', async () => {
    const journal = new Journal()
    const base = journal.service('Base', { onStop: takes(1000) })
    const one = journal.service('One', { needs: [base] })
    const app = await createTestApplication([one]).start()
    journal.take()
    const stopping = app.service(base).stop()
    await app.clock.advance(1)
    expect(app.services.map(({ state }) => state)).toEqual(['stopping', 'stopped'])
    const starting = app.service(one).start()
    await app.clock.advance(999)
    await Promise.all([stopping, starting])
    expect(journal.lines).toEqual(['One.onStop', 'Base.onStop', 'Base.onStart', 'One.onStart'])
  })

  it('that is stopped meanwhile is reported as abandoned', async () => {
    const journal = new Journal()
    const base = journal.service('Base', { onStart: takes(1000) })
    const one = journal.service('One', { needs: [base] })
    const app = await createTestApplication([one]).create()
    const starting = rejection(app.service(one).start())
    await app.clock.advance(1)
    await app.service(one).stop()
    expect(await starting).toMatchObject({ code: 'KEEL_START_ABORTED', service: 'One' })
    expect(app.service(one).state).toBe('stopped')
    await app.clock.advance('1s')
    expect(journal.lines).toEqual(['Base.onStart'])
  })

  it('is refused while the application is on its way down', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(1000) })
    const b = journal.service('B')
    const clock = new TestClock()
    const app = await createApplication([a, b], { clock, logger: false })
    await app.start()
    const stopping = app.stop()
    await clock.settle()
    expect(app.service(b).state).toBe('stopped')
    await expect(app.service(b).start()).rejects.toThrow(
      expect.objectContaining({ code: 'KEEL_ILLEGAL_TRANSITION' }) as Error
    )
    await expect(app.service(b).restart()).rejects.toThrow(
      expect.objectContaining({ code: 'KEEL_ILLEGAL_TRANSITION' }) as Error
    )
    await clock.advance('1s')
    await stopping
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })

  it('is refused while it runs, and the same promise while it starts', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(10) })
    const app = await createTestApplication([a]).create()
    const handle = app.service(a)
    const starting = handle.start()
    expect(handle.start()).toBe(starting)
    await app.clock.advance(10)
    await starting
    await expect(handle.start()).rejects.toThrow('A is already running')
    expect(await handle.maybeStart()).toBe(false)
    expect(journal.lines).toEqual(['A.onStart'])
  })

  it('by maybeStart tells whether it was this call that started it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(10) })
    const app = await createTestApplication([a]).create()
    const calls = [app.service(a).maybeStart(), app.service(a).maybeStart()]
    const whole = app.start()
    expect(await Promise.all(calls)).toEqual([true, false])
    await whole
    const starting = app.service(a)
    await starting.stop()
    const again = [app.service(a).maybeStart(), app.service(a).maybeStart()]
    await app.clock.advance(10)
    expect(await Promise.all(again)).toEqual([true, false])
  })

  it('by maybeStart waits for the application to start it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(10) })
    const app = await createTestApplication([a]).create()
    const whole = app.start()
    expect(await app.service(a).maybeStart()).toBe(false)
    expect(app.service(a).state).toBe('running')
    await whole
  })
})

describe('the stop of one service', () => {
  it('tells what failed in it and in those that were stopped for it', async () => {
    const journal = new Journal()
    const [one, two] = [new Error('one'), new Error('two')]
    const a = journal.service('A', { onStop: throws(one) })
    const b = journal.service('B', { needs: [a], onShutdown: throws(two) })
    const app = await createTestApplication([b]).start()
    const error = (await rejection(app.service(a).stop())) as StopError
    expect(error).toBeInstanceOf(StopError)
    expect(error.failures).toEqual([
      { service: 'B', phase: 'onShutdown', error: two },
      { service: 'A', phase: 'onStop', error: one }
    ])
    expect(app.state).toBe('running')
    await app.stop()
  })

  it('first stops those that need it, and nothing else', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStop: takes(10) })
    const c = journal.service('C', { needs: [b] })
    const fan = journal.service('Fan', { needs: [wanted(a)] })
    const app = await createTestApplication([c, fan, journal.service('D')]).start()
    journal.take()
    const stopping = app.service(a).stop('enough')
    await app.clock.advance(10)
    await stopping
    expect(journal.lines).toEqual(['C.onStop', 'B.onStop', 'A.onStop'])
    expect(app.services.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'A stopped',
      'B stopped',
      'C stopped',
      'Fan running',
      'D running'
    ])
    expect(app.health()).toMatchObject({ live: true, ready: false })
    await app.service(c).start()
    expect(app.health().ready).toBe(true)
  })

  it('is one stop when it is asked for twice, and nothing when it does not run', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(10) })
    const app = await createTestApplication([a]).start()
    const handle = app.service(a)
    const stopping = handle.stop()
    expect(handle.stop()).toBe(stopping)
    await app.clock.advance(10)
    await stopping
    await handle.stop()
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
    await app.start().catch(() => {})
  })

  it('gives its reason to the service', async () => {
    const reasons: unknown[] = []
    @Service()
    class A {
      onStop({ stopReason, signal }: ServiceContext): void {
        reasons.push(stopReason, signal.reason)
      }
    }
    const app = await createTestApplication(A).start()
    await app.service(A).stop('maintenance')
    expect(reasons[0]).toEqual({ kind: 'stop', detail: 'maintenance' })
    expect(reasons[1]).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reasons[0] })
    await app.service(A).start()
    await app.service(A).restart()
    expect(reasons[2]).toEqual({ kind: 'restart' })
    await app.stop('enough')
    expect(reasons[4]).toEqual({ kind: 'stop', detail: 'enough' })
  })

  it('during the start of the application lets the rest go on without it and those that need it', async () => {
    const journal = new Journal()
    const slow = journal.service('Slow', { onStart: ({ sleep }) => sleep('1h') })
    const needs = journal.service('Needs', { needs: [slow] })
    const wants = journal.service('Wants', { needs: [wanted(slow)] })
    const app = await createTestApplication([needs, wants]).create()
    app.clock.setTimeout(() => void app.service(slow).stop(), 1000)
    await app.start()
    expect(app.services.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Slow stopped',
      'Needs stopped',
      'Wants running'
    ])
  })

  it('in its own onStart lets the rest go on without it', async () => {
    const journal = new Journal()
    const once = journal.service('Once', { onStart: ({ stop }) => stop('nothing to do') })
    const app = await createTestApplication([once, journal.service('Other')]).start()
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'running'])
    expect(app.state).toBe('running')
  })
})

describe('a restart', () => {
  it('keeps the instance, leaves dependants alone, and runs the hooks in order', async () => {
    const journal = new Journal()
    const hooks = ['onFirstStart', 'onStarted', 'onReady', 'onDrain', 'onShutdown', 'onRestart'] as const
    const spec = Object.fromEntries(hooks.map((hook) => [hook, () => {}]))
    const a = journal.service('A', spec)
    const b = journal.service('B', { needs: [a] })
    const app = await createTestApplication([b]).start()
    const handle = app.service(a)
    const instance = app.get(a)
    const seen: string[] = []
    handle.state$.subscribe(({ state, run, restartCount }) => seen.push(`${state} ${run} ${restartCount}`))
    journal.take()
    await handle.restart()
    expect(journal.lines).toEqual(['A.onStop', 'A.onShutdown', 'A.onRestart', 'A.onStart', 'A.onStarted'])
    expect(seen).toEqual([
      'running 1 0',
      'stopping 1 0',
      'stopped 1 0',
      'waiting 2 1',
      'starting 2 1',
      'running 2 1'
    ])
    expect(app.get(a)).toBe(instance)
    expect(app.service(b).state).toBe('running')
    expect(handle.restartCount).toBe(1)
  })

  it('of a service that never ran just starts it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onFirstStart: () => {}, onRestart: () => {} })
    const b = journal.service('B', { needs: [a] })
    const app = await createTestApplication([b]).create()
    await app.service(b).restart()
    expect(journal.lines).toEqual(['A.onFirstStart', 'A.onStart', 'B.onStart'])
    expect(app.service(b).restartCount).toBe(0)
  })

  it('of a stopped service first starts what it needs', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onRestart: () => {} })
    const app = await createTestApplication([b]).start()
    await app.service(a).stop()
    journal.take()
    await app.service(b).restart()
    expect(journal.lines).toEqual(['A.onStart', 'B.onRestart', 'B.onStart'])
  })

  it('that is stopped meanwhile stays stopped', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(1000) })
    const app = await createTestApplication([a]).start()
    const restarting = rejection(app.service(a).restart())
    await app.clock.advance(1)
    await Promise.all([app.service(a).stop(), app.clock.advance('1s')])
    expect(await restarting).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(app.service(a).state).toBe('stopped')
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
  })

  it('asked for twice is one', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(10) })
    const app = await createTestApplication([a]).start()
    const handle = app.service(a)
    const restarting = handle.restart()
    expect(handle.restart()).toBe(restarting)
    await app.clock.advance(10)
    await restarting
    expect(handle.restartCount).toBe(1)
  })

  it('brings back a service that had crashed', async () => {
    const journal = new Journal()
    const a = journal.service('A', { options: { restart: 'temporary' }, onShutdown: () => {} })
    const app = await createTestApplication([a]).start()
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.service(a).state).toBe('crashed')
    await app.service(a).restart()
    expect(app.service(a)).toMatchObject({ state: 'running', crashReason: undefined, restartCount: 1 })
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop', 'A.onShutdown', 'A.onStart'])
  })

  it('starts declared work anew, and not what was added during the run', async () => {
    const journal = new Journal()
    let first = true
    const a = journal.service('A', {
      onStart({ addTask }) {
        if (first) addTask(async ({ sleep }) => (journal.note('added'), sleep('1h')))
        first = false
      }
    })
    const app = await createTestApplication([a]).start()
    expect(journal.take()).toEqual(['A.onStart', 'added'])
    await app.service(a).restart()
    expect(journal.lines).toEqual(['A.onStop', 'A.onStart'])
  })
})

describe('the handle of a service', () => {
  it('is one object, whichever way one comes by it', async () => {
    @Service()
    class A {
      readonly app = inject(Application)
    }
    const app = await createTestApplication(A).start()
    expect(app.service(A)).toBe(app.services[0])
    expect(app.get(A).app).toBe(app)
    expect(() => app.service(class B {})).toThrow('B is no service of A')
  })

  it('tells where it is: name, path, parent, children, state, tasks', async () => {
    const journal = new Journal()
    const child = journal.service('Child')
    const owner = journal.service('Owner', {
      async onStart({ addChild, addTask }) {
        await addChild(child)
        addTask(({ sleep }) => sleep('1h'), { name: 'wait' })
      }
    })
    const app = await createTestApplication([owner], { name: 'Shop' }).start()
    const handle = app.service(owner)
    expect(handle).toMatchObject({ name: 'Owner', path: 'Shop/Owner', parent: undefined, state: 'running' })
    expect(handle).toMatchObject({ restartCount: 0, crashReason: undefined, statusText: '' })
    expect([...handle.activities]).toEqual([])
    expect(handle.tasks).toMatchObject([{ name: 'wait', kind: 'added', state: 'running', runs: 1 }])
    const [inner] = handle.children
    expect(inner).toMatchObject({ name: 'Owner/Child', path: 'Shop/Owner/Child', children: [] })
    expect(inner!.parent).toBe(handle)
    expect(handle.toString()).toBe('<Owner: running>')
    expect(JSON.parse(JSON.stringify(handle))).toMatchObject({ service: 'Owner', state: 'running', run: 1 })
  })

  it('stops its service when it is disposed', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication([a]).start()
    {
      await using handle = app.service(a)
      expect(handle.state).toBe('running')
    }
    expect(app.service(a).state).toBe('stopped')
  })
})
