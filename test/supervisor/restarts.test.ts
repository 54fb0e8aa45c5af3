import { describe, expect, it, vi } from 'vitest'
import {
  createApplication,
  Module,
  Service,
  ServiceBase,
  ServiceContext,
  Supervisor,
  Task,
  wanted,
  type Class,
  type SupervisorOptions
} from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { Journal, never, rejection, takes } from '../app/journal.js'

const STEADY = { jitter: 0 } as const
const AT_ONCE = { backoff: false } as const

function supervised(services: Class[], supervisor: SupervisorOptions): Promise<TestApplication> {
  return createTestApplication(services, { supervisor }).start()
}

/** A hook that fails the second time, and as often as said. */
function failsAgain(times: number, error = new Error('cannot start')): () => void {
  let calls = 0
  return () => {
    calls++
    if (calls > 1 && calls <= 1 + times) throw error
  }
}

describe('a restart whose start fails', () => {
  it('counts as another crash, and ends in escalation', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(Infinity) })
    const app = await supervised([a], { maxRestarts: 3, ...AT_ONCE })
    app.crash(a, new Error('boom'))
    const reason = await rejection(app.waitUntilStopped())
    expect(reason).toMatchObject({ name: 'MaxRestartsExceededError', cause: { message: 'cannot start' } })
    expect(journal.lines.filter((line) => line === 'A.onStart')).toHaveLength(4)
    expect(app.events.ofType('supervisor.restarting')).toHaveLength(3)
  })

  it('is tried again until it starts', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(2) })
    const app = await supervised([a], { backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.advance('6999ms')
    expect(app.service(a).state).toBe('backoff')
    await app.clock.advance('1ms')
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 3 })
    expect(app.events.ofType('supervisor.restarting').map((event) => event.delayMs)).toEqual([
      1000, 2000, 4000
    ])
  })

  it('that takes too long does too', async () => {
    const journal = new Journal()
    let calls = 0
    const onStart = (): unknown => (++calls === 2 ? never() : undefined)
    const a = journal.service('A', { onStart, options: { startTimeout: '5s', stopTimeout: '1s' } })
    const app = await supervised([a], AT_ONCE)
    app.crash(a, new Error('boom'))
    await app.clock.advance('5s')
    expect(app.events.ofType('supervisor.restarting')[1]!.error).toMatchObject({ code: 'KEEL_START_TIMEOUT' })
    await app.clock.advance('1s')
    expect(app.service(a).state).toBe('running')
  })

  it('under one-for-all stops those just restarted again, and tries all again', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStart: failsAgain(1) })
    const c = journal.service('C', { needs: [b] })
    const app = await supervised([c], { strategy: 'one-for-all', ...AT_ONCE })
    journal.take()
    app.crash(c, new Error('boom'))
    await app.clock.settle()
    expect(journal.lines).toEqual([
      ...['C.onStop', 'B.onStop', 'A.onStop'],
      ...['A.onStart', 'B.onStart', 'A.onStop'],
      ...['A.onStart', 'B.onStart', 'C.onStart']
    ])
  })

  it('under rest-for-one keeps those just restarted', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStart: failsAgain(1) })
    const c = journal.service('C', { needs: [b] })
    const app = await supervised([c], { strategy: 'rest-for-one', ...AT_ONCE })
    journal.take()
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(journal.lines).toEqual([
      ...['C.onStop', 'B.onStop', 'A.onStop'],
      ...['A.onStart', 'B.onStart', 'B.onStart', 'C.onStart']
    ])
  })

  it('does not lose those that were to start with it', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStart: failsAgain(1) })
    const c = journal.service('C', { needs: [a] })
    const d = journal.service('D', { needs: [c] })
    const app = await supervised([b, d], { strategy: 'dependents', backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.advance('3s')
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>', '<C: running>', '<D: running>'])
  })

  it('of one that waits for another of them, which crashes meanwhile, is tried again with that', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onRestart: takes(1000) })
    const b = journal.service('B')
    const c = journal.service('C', { needs: [a, b] })
    const app = await supervised([c], { strategy: 'one-for-all', ...AT_ONCE })
    app.crash(a, new Error('boom'))
    await app.clock.advance(500)
    expect(app.services.map(String)).toEqual(['<A: starting>', '<B: running>', '<C: waiting>'])
    app.crash(b, new Error('boom'))
    await app.clock.advance('1m')
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>', '<C: running>'])
    expect(app.events.ofType('supervisor.restarting')).toHaveLength(2)
  })

  it('by two at once leaves none behind', async () => {
    const journal = new Journal()
    const [b, c] = ['B', 'C'].map((name) => journal.service(name, { onStart: failsAgain(1) }))
    const app = await supervised([b!, c!], { strategy: 'one-for-all', ...AT_ONCE })
    app.crash(b!, new Error('boom'))
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<B: running>', '<C: running>'])
  })

  it('is no first start: that one fails the start', async () => {
    const journal = new Journal()
    const error = new Error('cannot start')
    const a = journal.service('A', {
      onStart() {
        throw error
      }
    })
    const app = await createTestApplication([a], { supervisor: {} }).create()
    expect(await rejection(app.start())).toMatchObject({ name: 'StartError', service: 'A', cause: error })
    expect(app.events.ofType('supervisor.restarting')).toEqual([])
  })
})

describe('a stop by hand', () => {
  it('during backoff is respected', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.service(a).state).toBe('backoff')
    await app.service(a).stop()
    expect(app.service(a).state).toBe('stopped')
    expect(app.clock.pending.count).toBe(0)
    await app.clock.advance('1h')
    expect(app.service(a)).toMatchObject({ state: 'stopped', restartCount: 0 })
  })

  it('of what it needs takes a service out of its backoff', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    const app = await supervised([b], { backoff: STEADY })
    app.crash(b, new Error('boom'))
    await app.clock.settle()
    await app.service(a).stop()
    await app.clock.advance('1h')
    expect(app.services.map(String)).toEqual(['<A: stopped>', '<B: stopped>'])
  })

  it('while a restart is under way ends it', async () => {
    const journal = new Journal()
    let calls = 0
    const a = journal.service('A', { onStart: (context) => (++calls > 1 ? takes(1000)(context) : undefined) })
    const app = await supervised([a], AT_ONCE)
    app.crash(a, new Error('boom'))
    await app.clock.advance('500ms')
    expect(app.service(a).state).toBe('starting')
    const stopped = app.service(a).stop()
    await app.clock.advance('1h')
    await stopped
    expect(app.service(a)).toMatchObject({ state: 'stopped', restartCount: 1 })
  })

  it('of the one that crashed does not keep the others of its group down', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B')
    const app = await supervised([a, b], { strategy: 'one-for-all', backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    await app.service(a).stop()
    await app.clock.advance('1s')
    expect(app.services.map(String)).toEqual(['<A: stopped>', '<B: running>'])
  })

  it('is not undone for a permanent service, nor for those that stopped with it', async () => {
    const journal = new Journal()
    const options = { restart: 'permanent' } as const
    const a = journal.service('A', { options })
    const b = journal.service('B', { needs: [a], options })
    const app = await supervised([b], AT_ONCE)
    await app.service(a).stop()
    await app.clock.advance('1h')
    expect(app.services.map(String)).toEqual(['<A: stopped>', '<B: stopped>'])
  })

  it('of the whole application leaves services that are started by hand then to their supervisor', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], AT_ONCE)
    await app.stop()
    await app.service(a).start()
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect([app.state, String(app.service(a))]).toEqual(['stopped', '<A: running>'])
  })

  it('leaves the service to be started by hand', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    await app.service(a).stop()
    await app.service(a).start()
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 0, crashReason: undefined })
  })
})

describe('a start or restart by hand', () => {
  /** A service that has crashed and is not left to its backoff. */
  async function startedInBackoff(lever: 'start' | 'restart'): Promise<{
    readonly app: TestApplication
    readonly a: Class
    readonly journal: Journal
  }> {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    await app.service(a)[lever]()
    return { app, a, journal }
  }

  it.each(['start', 'restart'] as const)(
    'during backoff takes the place of the planned one: %s',
    async (lever) => {
      const { app, a, journal } = await startedInBackoff(lever)
      expect(app.service(a).state).toBe('running')
      journal.take()
      await app.clock.advance('1h')
      expect(journal.lines).toEqual([])
      expect(app.clock.pending.count).toBe(0)
    }
  )

  it.each(['start', 'restart'] as const)(
    'during backoff is followed by another when it crashes before that is over: %s',
    async (lever) => {
      const { app, a } = await startedInBackoff(lever)
      app.crash(a, new Error('again'))
      await app.clock.advance('1m')
      expect(app.service(a).state).toBe('running')
      expect(app.events.ofType('supervisor.restarting')).toHaveLength(2)
    }
  )

  it('that fails leaves the planned one to try again', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(1) })
    const b = journal.service('B', { needs: [a] })
    const app = await supervised([b], { backoff: { initial: '10s', ...STEADY } })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(await rejection(app.service(a).start())).toMatchObject({ name: 'StartError', service: 'A' })
    await app.clock.advance('10s')
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>'])
  })

  it('of what needs it, in which it fails, leaves the planned one to try again, and waits for it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(1) })
    const b = journal.service('B', { needs: [a] })
    const app = await supervised([b], {
      strategy: 'dependents',
      maxRestarts: 1,
      backoff: { initial: '10s', ...STEADY }
    })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<A: backoff>', '<B: stopped>'])
    const started = app.service(b).start()
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<A: crashed>', '<B: waiting>'])
    await app.clock.advance('10s')
    await started
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>'])
  })

  it('of what needs it, in which something else fails first, leaves it to the planned one', async () => {
    const journal = new Journal()
    const broken = journal.service('Broken', { onStart: failsAgain(1) })
    const a = journal.service('A')
    const b = journal.service('B', { needs: [broken, a] })
    const app = await supervised([b], { backoff: { initial: '10s', ...STEADY } })
    await app.service(broken).stop()
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<Broken: stopped>', '<A: backoff>', '<B: stopped>'])
    expect(await rejection(app.service(b).start())).toMatchObject({ name: 'StartError', service: 'Broken' })
    expect(app.service(a).state).toBe('stopped')
    await app.clock.advance('10s')
    expect(app.services.map(String)).toEqual(['<Broken: crashed>', '<A: running>', '<B: stopped>'])
  })

  it('of what needs it, in which something else fails first, leaves it to another start that waits for it', async () => {
    const journal = new Journal()
    const slow = journal.service('Slow', { onStart: takes(1000) })
    const broken = journal.service('Broken', { onStart: failsAgain(1) })
    const a = journal.service('A', { needs: [slow] })
    const b = journal.service('B', { needs: [broken, a] })
    const c = journal.service('C', { needs: [a] })
    const app = await supervised([b, c], { backoff: { initial: '10s', ...STEADY } })
    await app.service(broken).stop()
    await app.service(c).stop()
    app.crash(a, new Error('boom'))
    app.crash(slow, new Error('boom'))
    await app.clock.settle()
    const failed = rejection(app.service(b).start())
    const started = app.service(c).start()
    expect(await failed).toMatchObject({ service: 'Broken' })
    await app.clock.advance('1s')
    await started
    expect(app.services.map(String)).toContain('<A: running>')
    expect(app.service(c).state).toBe('running')
  })

  it('joins one that is under way: one restart', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(500) })
    const app = await supervised([a], AT_ONCE)
    const [one, two] = [app.service(a).restart(), app.service(a).restart()]
    await app.clock.advance('500ms')
    await Promise.all([one, two])
    expect(app.service(a).restartCount).toBe(1)
  })
})

describe('backoff', () => {
  it('grows, is capped, and begins anew after a quiet time', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const backoff = { initial: '1s', factor: 3, max: '10s', jitter: 0, resetAfter: '1m' }
    const app = await supervised([a], { backoff, maxRestarts: Infinity })
    const delays: number[] = []
    for (const quiet of ['1s', '1s', '1s', '59s', '1m', '1s']) {
      await app.clock.advance(quiet)
      app.crash(a, new Error('boom'))
      const at = app.clock.monotonic()
      await app.until(a, 'running')
      delays.push(app.clock.monotonic() - at)
    }
    expect(delays).toEqual([1000, 3000, 9000, 10_000, 1000, 3000])
  })

  it('has a state of its own, in which nothing of the service runs', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onShutdown: () => {} })
    const app = await supervised([a], { backoff: STEADY })
    const states: string[] = []
    app.service(a).state$.subscribe(({ state }) => states.push(state))
    journal.take()
    app.crash(a, new Error('boom'))
    await app.clock.advance('999ms')
    expect(journal.take()).toEqual(['A.onStop', 'A.onShutdown'])
    await app.clock.advance('1ms')
    expect(journal.take()).toEqual(['A.onStart'])
    expect(states).toEqual([
      'running',
      'crashed',
      'stopping',
      'crashed',
      'backoff',
      'waiting',
      'starting',
      'running'
    ])
  })

  it('varies by jitter, in its range', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], {
      backoff: { initial: '1s', factor: 1, jitter: 0.5 },
      maxRestarts: Infinity
    })
    for (let crash = 0; crash < 20; crash++) {
      app.crash(a, new Error('boom'))
      await app.until(a, 'running')
    }
    const delays = app.events.ofType('supervisor.restarting').map((event) => event.delayMs)
    expect(new Set(delays).size).toBeGreaterThan(5)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500)
    expect(Math.max(...delays)).toBeLessThanOrEqual(1500)
  })
})

describe('the budget', () => {
  it('is not used up by restarts that are spread out', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { maxRestarts: 1, within: '10s', ...AT_ONCE })
    for (let crash = 0; crash < 20; crash++) {
      app.crash(a, new Error('boom'))
      await app.clock.advance('10s')
    }
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 20 })
  })

  it('is one for all services of a supervisor', async () => {
    const journal = new Journal()
    const [a, b] = ['A', 'B'].map((name) => journal.service(name))
    const app = await supervised([a!, b!], { maxRestarts: 2, ...AT_ONCE })
    for (const one of [a!, b!, a!]) {
      app.crash(one, new Error('boom'))
      await app.clock.settle()
    }
    expect(app.state).toBe('crashed')
  })

  it('is charged one unit when several of a group crash at once', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    const c = journal.service('C', { needs: [b], onStop: takes(1000) })
    const app = await supervised([c], { strategy: 'one-for-all', maxRestarts: 1, ...AT_ONCE })
    for (const one of [a, b, c]) app.crash(one, new Error('boom'))
    await app.clock.advance('1s')
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>', '<C: running>'])
    expect(app.events.ofType('supervisor.restarting')).toHaveLength(1)
  })

  it('is charged one unit when those that one crash would stop crash in the same turn, dependency first', async () => {
    for (const strategy of ['one-for-all', 'rest-for-one', 'dependents'] as const) {
      const journal = new Journal()
      const a = journal.service('A')
      const b = journal.service('B', { needs: [a] })
      const c = journal.service('C', { needs: [b] })
      const app = await supervised([a, b, c], { strategy, maxRestarts: 1, ...AT_ONCE })
      for (const one of [a, b, c]) app.crash(one, new Error(`boom in ${one.name}`))
      expect([a, b, c].map((one) => app.service(one).state)).toEqual(['crashed', 'crashed', 'crashed'])
      await app.clock.advance(0)
      for (const one of [a, b, c])
        expect(app.service(one)).toMatchObject({ state: 'running', restartCount: 1 })
      expect(app.events.ofType('supervisor.restarting')).toHaveLength(1)
      await app.stop()
    }
  })

  it('is whole again when the application starts anew', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { maxRestarts: 1, ...AT_ONCE })
    for (let start = 0; start < 3; start++) {
      app.crash(a, new Error('boom'))
      await app.clock.settle()
      expect(app.service(a).state).toBe('running')
      await app.stop()
      await app.start()
    }
  })

  it('never holds back without a limit', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { maxRestarts: Infinity, ...AT_ONCE })
    for (let crash = 0; crash < 500; crash++) {
      app.crash(a, new Error('boom'))
      await app.clock.settle()
    }
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 500 })
  })
})

describe('while one restarts', () => {
  it('its dependants keep running and the application is not ready, but lives', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    const app = await supervised([b], { backoff: STEADY })
    expect(app.health()).toMatchObject({ ready: true, live: true })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.health()).toMatchObject({ ready: false, live: true })
    expect(app.service(b).state).toBe('running')
    await app.clock.advance('1s')
    expect(app.health()).toMatchObject({ ready: true, live: true })
  })

  it('a dependant that crashes too is started after it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(100) })
    const b = journal.service('B', { needs: [a] })
    const app = await supervised([b], { backoff: { initial: '10s', ...STEADY } })
    app.crash(a, new Error('boom'))
    await app.clock.advance('1s')
    journal.take()
    app.crash(b, new Error('no A'))
    await app.clock.advance('1h')
    expect(journal.lines).toEqual(['B.onStop', 'A.onStart', 'B.onStart'])
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>'])
  })

  it('a dependant is started after it, though its own supervisor is another and less patient', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    @Module({ providers: [a], exports: [a], supervisor: { backoff: { initial: '10s', ...STEADY } } })
    class Store {}
    @Module({ imports: [Store], providers: [b], supervisor: AT_ONCE })
    class Shop {}
    const app = await createTestApplication(Shop).start()
    journal.take()
    app.crash(a, new Error('boom'))
    app.crash(b, new Error('no A'))
    await app.clock.advance('9s')
    expect(journal.take()).toEqual(['A.onStop', 'B.onStop'])
    await app.clock.advance('1s')
    expect(journal.take()).toEqual(['A.onStart', 'B.onStart'])
  })

  it('two supervisors whose services need each other crosswise do not wait for each other for ever', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const c = journal.service('C')
    const b = journal.service('B', { needs: [a] })
    const d = journal.service('D', { needs: [c] })
    const options = { strategy: 'rest-for-one', backoff: STEADY } as const
    @Module({ providers: [a, d], exports: [a, d], global: true, supervisor: options })
    class One {}
    @Module({ providers: [c, b], exports: [c, b], global: true, supervisor: options })
    class Two {}
    @Module({ imports: [One, Two] })
    class Root {}
    const app = await createTestApplication(Root).start()
    for (const service of [d, b, a, c]) app.crash(service, new Error('boom'))
    await app.clock.advance('1m')
    expect(new Set(app.services.map(({ state }) => state))).toEqual(new Set(['running']))
  })

  it('waitUntilStopped waits on', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: STEADY })
    const settled = vi.fn()
    app.service(a).waitUntilStopped().then(settled, settled)
    app.crash(a, new Error('boom'))
    await app.clock.advance('1h')
    expect(settled).not.toHaveBeenCalled()
    await app.service(a).stop()
    await app.clock.settle()
    expect(settled).toHaveBeenCalledWith(undefined)
  })

  it('waitUntilStopped of a child that restarts with it waits on', async () => {
    const child = new (new Journal().service('Child') as unknown as new () => object)()
    @Service()
    class Owner {
      constructor(context: ServiceContext) {
        void context.addChild(child)
      }
    }
    const app = await supervised([Owner], { backoff: STEADY })
    const settled = vi.fn()
    app.service(Owner).children[0]!.waitUntilStopped().then(settled, settled)
    app.crash(Owner, new Error('boom'))
    await app.clock.advance('1h')
    expect(app.service(Owner).children[0]!.state).toBe('running')
    expect(settled).not.toHaveBeenCalled()
    app.crash(Owner, new Error('boom'))
    await app.clock.settle()
    await app.service(Owner).stop()
    await app.clock.settle()
    expect(settled).toHaveBeenCalledOnce()
  })

  it('waitUntilStopped says so when its time passes', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: { initial: '10s', ...STEADY } })
    app.crash(a, new Error('boom'))
    const waiting = rejection(app.service(a).waitUntilStopped({ timeout: '5s' }))
    await app.clock.advance('5s')
    expect(await waiting).toMatchObject({ code: 'KEEL_WAIT_TIMEOUT', service: 'A' })
  })

  it('a crash right after it runs is not lost', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { maxRestarts: Infinity, ...AT_ONCE })
    let crashes = 0
    app.service(a).state$.subscribe(({ state }) => {
      if (state === 'running' && crashes++ < 5) app.crash(a, new Error(`crash ${crashes}`))
    })
    await app.clock.settle()
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 5 })
  })

  it('a stop of the application ends it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(Infinity) })
    const app = await supervised([a], {
      maxRestarts: Infinity,
      backoff: { initial: '1ms', max: '1ms', ...STEADY }
    })
    app.crash(a, new Error('boom'))
    await app.clock.advance('1s')
    await app.stop()
    const tries = journal.take().length
    expect(tries).toBeGreaterThan(500)
    await app.clock.advance('1h')
    expect(journal.lines).toEqual([])
    expect(app.clock.pending.count).toBe(0)
    await app[Symbol.asyncDispose]()
  })
})

describe('restarts that follow each other without a delay', () => {
  // a loop that nothing can interrupt would take the test with it
  const MANY = 5000

  it.each([
    ['no backoff', AT_ONCE],
    ['one of nothing', { backoff: { initial: 0, max: 0 } }]
  ])('let the event loop turn, so that the application can be stopped: %s', async (_, backoff) => {
    let crashes = 0
    @Service()
    class Hasty {
      @Task() async run(): Promise<void> {
        await Promise.resolve()
        if (crashes++ < MANY) throw new Error('boom')
      }
    }
    const supervisor = { maxRestarts: Infinity, ...backoff }
    await using app = await createApplication(Hasty, { logger: false, supervisor })
    await app.start()
    await new Promise(setImmediate)
    await app.stop()
    expect(crashes).toBeGreaterThan(1)
    expect(crashes).toBeLessThan(MANY)
  })

  it('and whose start fails do as well', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(MANY) })
    const supervisor = { maxRestarts: Infinity, ...AT_ONCE }
    await using app = await createApplication(a, { logger: false, supervisor })
    await app.start()
    app.service(a).crash(new Error('boom'))
    await new Promise(setImmediate)
    await app.stop()
    expect(journal.lines.length).toBeGreaterThan(1)
    expect(journal.lines.length).toBeLessThan(MANY)
  })
})

describe('while the application drains or stops', () => {
  it('nothing that waits in a restart starts any more', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onRestart: takes(1000) })
    const b = journal.service('B', { needs: [a] })
    const slow = journal.service('Slow', { onDrain: takes(5000) })
    @Module({ providers: [a, b], supervisor: { strategy: 'one-for-all', ...AT_ONCE } })
    class Inner {}
    @Module({ imports: [Inner], providers: [slow] })
    class Root {}
    const app = await createTestApplication(Root).start()
    app.crash(a, new Error('boom'))
    await app.clock.advance(500)
    journal.take()
    const stopped = app.stop()
    await app.clock.advance('5s')
    await stopped
    expect(journal.lines).toEqual(['Slow.onDrain', 'A.onStart', 'Slow.onStop', 'A.onStop'])
  })

  it('nothing is restarted, and what crashes is told with the errors of the stop', async () => {
    const journal = new Journal()
    const error = new Error('too late')
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onDrain: () => app.crash(a, error), onStop: takes(1000) })
    const app = await supervised([b], AT_ONCE)
    journal.take()
    const failure = await rejection(app.stop())
    expect(failure).toMatchObject({ code: 'KEEL_STOP_FAILED', errors: [error] })
    expect(journal.lines).toEqual(['B.onDrain', 'B.onStop', 'A.onStop'])
    expect(app.events.ofType('supervisor.restarting')).toEqual([])
  })

  it('nothing that ends by itself is restarted, not even what is permanent', async () => {
    const journal = new Journal()
    const a = journal.service('A', {
      options: { restart: 'permanent' },
      onDrain: ({ stop }) => stop('enough')
    })
    const b = journal.service('B', { needs: [a], onStop: takes(1000) })
    const c = journal.service('C', { onStop: takes(5000) })
    const app = await supervised([b, c], AT_ONCE)
    journal.take()
    await app.stop()
    expect(journal.lines.toSorted()).toEqual(['A.onDrain', 'A.onStop', 'B.onStop', 'C.onStop'])
    expect(app.events.ofType('supervisor.restarting')).toEqual([])
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  it('a restart by hand that fails just before is not made good afterwards', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(1), onShutdown: takes(1000) })
    const app = await supervised([a], AT_ONCE)
    const restarted = rejection(app.service(a).restart())
    await app.clock.advance(1500)
    expect(app.service(a).state).toBe('stopping')
    const stopped = app.stop()
    expect(await restarted).toMatchObject({ code: 'KEEL_START_FAILED' })
    await stopped
    journal.take()
    await app.clock.advance('1h')
    expect([app.state, app.service(a).state, journal.lines]).toEqual(['stopped', 'crashed', []])
  })

  it('backoffs end', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { onStop: takes(10_000) })
    const app = await supervised([a, b], { backoff: STEADY })
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    journal.take()
    await app.stop()
    expect(journal.lines).toEqual(['B.onStop'])
    expect(app.service(a).state).toBe('stopped')
  })
})

describe('while the application starts', () => {
  it('a supervised service that ran already is restarted', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { onStart: takes(1000) })
    const app = await createTestApplication([a, b], { supervisor: AT_ONCE }).create()
    const started = app.start()
    app.service(a).state$.subscribe(({ state, run }) => {
      if (state === 'running' && run === 1) app.crash(a, new Error('boom'))
    })
    await started
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>'])
    expect(app.service(a).restartCount).toBe(1)
  })

  it.each(['one-for-one', 'one-for-all'] as const)(
    'what was started before by itself, and has crashed at that very moment, starts with it: %s',
    async (strategy) => {
      const journal = new Journal()
      const a = journal.service('A')
      const app = await createApplication(a, { logger: false, supervisor: { strategy, ...AT_ONCE } })
      await app.service(a).start()
      app.service(a).crash(new Error('boom'))
      await app.start()
      expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 0 })
      expect(journal.lines).toEqual(['A.onStart', 'A.onStop', 'A.onStart'])
      await app[Symbol.asyncDispose]()
    }
  )
})

describe('restart types', () => {
  @Service({ restart: 'permanent' })
  class Permanent {
    @Task() async work({ sleep, stop }: ServiceContext): Promise<void> {
      if (await sleep('10s')) await stop('enough')
    }
  }
  @Service({ restart: 'transient' })
  class Transient {
    @Task() async work({ sleep, stop }: ServiceContext): Promise<void> {
      if (await sleep('10s')) await stop('enough')
    }
  }
  @Service({ restart: 'temporary' })
  class Temporary {}

  it('permanent restarts after it ended itself, and after a crash', async () => {
    const app = await supervised([Permanent], AT_ONCE)
    const settled = vi.fn()
    app.service(Permanent).waitUntilStopped().then(settled, settled)
    await app.clock.advance('10s')
    expect(app.service(Permanent)).toMatchObject({ state: 'running', restartCount: 1 })
    app.crash(Permanent, new Error('boom'))
    await app.clock.settle()
    expect(app.service(Permanent)).toMatchObject({ state: 'running', restartCount: 2 })
    expect(settled).not.toHaveBeenCalled()
  })

  it('permanent restarts when its own work stops it in another way than by its context, too', async () => {
    class Job extends ServiceBase {
      protected async onStarted(): Promise<void> {
        this.addTask(async () => void ((await this.sleep('10s')) && (await this.stop('enough'))))
      }
    }
    @Service({ restart: 'permanent' })
    class Forever extends Job {}
    class Once extends Job {}
    const [forever, once] = [new Forever(), new Once()]
    const app = await createTestApplication(new Supervisor([forever, once], AT_ONCE)).start()
    await app.clock.advance('10s')
    expect([forever.state, once.state]).toEqual(['running', 'stopped'])
    await forever.stop('by hand')
    await app.clock.advance('1m')
    expect(forever.state).toBe('stopped')
  })

  it.each(['a module', 'a service'])(
    'permanent stays down when it is stopped in the moment in which it is told that it has crashed: supervised by %s',
    async (by) => {
      let runs = 0
      @Service({ restart: 'permanent' })
      class Poller extends ServiceBase {
        @Task() async poll({ sleep }: ServiceContext): Promise<void> {
          runs++
          await sleep('1s')
          throw new Error('bad')
        }
      }
      @Module({ providers: [Poller], supervisor: AT_ONCE })
      class Pollers {}
      const supervisor = new Supervisor([new Poller()], AT_ONCE)
      const app = await createTestApplication(by === 'a module' ? Pollers : supervisor).start()
      const poller = by === 'a module' ? app.service(Poller) : app.services[0]!.children[0]!
      let stopping: Promise<void> | undefined
      poller.state$.subscribe(({ state }) => {
        if (state === 'crashed') stopping ??= poller.stop()
      })
      await app.clock.advance('1m')
      await stopping
      expect([runs, poller.state]).toEqual([1, 'crashed'])
      await app.stop()
    }
  )

  it.each(['state$', 'events$'] as const)(
    'permanent stays down when who hears of its work by %s stops it, who is none of it',
    async (stream) => {
      let runs = 0
      @Service({ restart: 'permanent' })
      class Poller extends ServiceBase {
        @Task() async poll({ sleep, setStatus, crash }: ServiceContext): Promise<void> {
          runs++
          await sleep('1s')
          if (stream === 'events$') setStatus('bad')
          else crash(new Error('bad'))
          await sleep('1h')
        }
      }
      const poller = new Poller()
      const app = await createTestApplication(new Supervisor([poller], AT_ONCE)).start()
      let isAsked = false
      const stop = (): void => {
        if (isAsked) return
        isAsked = true
        void poller.stop('seen enough')
      }
      if (stream === 'state$') poller.state$.subscribe(({ state }) => state === 'crashed' && stop())
      else app.events$.subscribe(({ type }) => type === 'service.status' && stop())
      await app.clock.advance('1m')
      expect([runs, poller.state]).toEqual([1, stream === 'state$' ? 'crashed' : 'stopped'])
      await app.stop()
    }
  )

  it('permanent restarts also when it asks twice for its end', async () => {
    const journal = new Journal()
    let context!: ServiceContext
    const a = journal.service('A', {
      options: { restart: 'permanent' },
      onStart: (given) => void (context = given),
      onStop: takes(10)
    })
    const app = await supervised([a], AT_ONCE)
    const ended = [context.stop(), context.stop()]
    await app.clock.advance(5)
    ended.push(context.stop())
    await app.clock.advance(5)
    await Promise.all(ended)
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 1 })
  })

  it('permanent that ends itself too often is told as such when the supervisor gives up', async () => {
    const app = await supervised([Permanent], { maxRestarts: 1, within: '1h', ...AT_ONCE })
    const ended = rejection(app.waitUntilStopped())
    await app.clock.advance('20s')
    expect(String(await ended)).toContain('Permanent stopped itself again after 1 restart within 3600s')
  })

  it('transient restarts after a crash, not after it ended itself', async () => {
    const app = await supervised([Transient], AT_ONCE)
    app.crash(Transient, new Error('boom'))
    await app.clock.settle()
    expect(app.service(Transient)).toMatchObject({ state: 'running', restartCount: 1 })
    const ended = app.service(Transient).waitUntilStopped()
    await app.clock.advance('10s')
    await ended
    expect(app.service(Transient)).toMatchObject({ state: 'stopped', restartCount: 1 })
    expect(app.state).toBe('running')
  })

  it('a crashed one whose work stops it on its way out restarts all the same', async () => {
    @Service()
    class Tidy {
      @Task() async work({ sleep, stop }: ServiceContext): Promise<void> {
        try {
          await sleep('10s')
          throw new Error('boom')
        } finally {
          void stop('tidying up')
        }
      }
      @Task() async other({ stopRequested, stop }: ServiceContext): Promise<void> {
        await stopRequested()
        await stop('tidying up')
      }
    }
    const app = await supervised([Tidy], AT_ONCE)
    app.crash(Tidy, new Error('boom'))
    await app.clock.settle()
    expect(app.service(Tidy)).toMatchObject({ state: 'running', restartCount: 1 })
  })

  it('temporary never restarts, stays crashed, and lets the application run', async () => {
    const app = await supervised([Temporary], AT_ONCE)
    const error = new Error('boom')
    app.crash(Temporary, error)
    expect(await rejection(app.service(Temporary).waitUntilStopped())).toBe(error)
    await app.clock.advance('1h')
    expect(app.service(Temporary)).toMatchObject({ state: 'crashed', crashReason: error })
    expect(app.state).toBe('running')
  })

  it('permanent is not restarted by a supervisor whose strategy restarts nothing', async () => {
    const app = await supervised([Permanent], { strategy: 'forfeit-one-for-all' })
    await app.clock.advance('10s')
    await app.service(Permanent).waitUntilStopped()
    expect(app.service(Permanent).state).toBe('stopped')
  })

  it('what stopped with a permanent service that ended itself starts again after it', async () => {
    const journal = new Journal()
    const b = journal.service('B', { needs: [Permanent] })
    const app = await supervised([b], { backoff: STEADY })
    journal.take()
    const settled = vi.fn()
    app.service(b).waitUntilStopped().then(settled, settled)
    await app.clock.advance('10s')
    expect(app.services.map(String)).toEqual(['<Permanent: stopped>', '<B: stopped>'])
    await app.clock.advance('1s')
    expect(app.services.map(String)).toEqual(['<Permanent: running>', '<B: running>'])
    expect(journal.lines).toEqual(['B.onStop', 'B.onStart'])
    expect(settled).not.toHaveBeenCalled()
  })

  it('a stop by hand of what stopped with it is not undone', async () => {
    const journal = new Journal()
    const b = journal.service('B', { needs: [Permanent] })
    const app = await supervised([b], { backoff: STEADY })
    await app.clock.advance('10s')
    await app.service(b).stop()
    await app.clock.advance('1s')
    expect(app.services.map(String)).toEqual(['<Permanent: running>', '<B: stopped>'])
  })

  it('a stop by hand of one that ended itself keeps down what stopped with it', async () => {
    const journal = new Journal()
    const b = journal.service('B', { needs: [Permanent] })
    const app = await supervised([b], { backoff: STEADY })
    await app.clock.advance('10s')
    await app.service(Permanent).stop()
    await app.clock.advance('1h')
    expect(app.services.map(String)).toEqual(['<Permanent: stopped>', '<B: stopped>'])
  })
})

describe('a permanent service that ends itself while it starts', () => {
  const permanent = { restart: 'permanent', stopTimeout: '1s' } as const
  /** The first time it asks for its own end, and takes long; then it is quick. */
  function endsItselfOnce(): (context: ServiceContext) => unknown {
    let calls = 0
    return (context) => {
      if (++calls > 1) return undefined
      void context.stop('not like this')
      return takes(100)(context)
    }
  }

  it('is restarted with what it needs', async () => {
    const journal = new Journal()
    const cache = journal.service('Cache')
    const page = journal.service('Page', { needs: [cache], options: permanent, onStart: endsItselfOnce() })
    const app = await createTestApplication([page], {
      supervisor: { strategy: 'one-for-all', ...AT_ONCE }
    }).create()
    const refused = rejection(app.service(page).start())
    await app.clock.advance(100)
    expect(await refused).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(app.services.map(String)).toEqual(['<Cache: running>', '<Page: running>'])
    await app[Symbol.asyncDispose]()
  })

  it('is not restarted when what it needs has ended meanwhile', async () => {
    const journal = new Journal()
    const cache = journal.service('Cache', { options: { restart: 'temporary' } })
    const page = journal.service('Page', { needs: [cache], options: permanent, onStart: endsItselfOnce() })
    const app = await createTestApplication([page], {
      supervisor: { strategy: 'one-for-all', ...AT_ONCE }
    }).create()
    const refused = rejection(app.service(page).start())
    await app.clock.advance('1h')
    expect(await refused).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.take()).toEqual(['Cache.onStart', 'Page.onStart', 'Page.onStop', 'Cache.onStop'])
    expect(app.services.map(String)).toEqual(['<Cache: stopped>', '<Page: stopped>'])
    expect(app.logs.map(({ msg }) => msg)).toContain('is not restarted: it needs Cache, which has ended')
    await app.service(page).start()
    expect(journal.lines).toEqual(['Cache.onStart', 'Page.onStart'])
    await app[Symbol.asyncDispose]()
  })
})

describe('a start that fails while the service before it ends itself to restart', () => {
  it('is told when that is stopped by hand, so that nobody tries again', async () => {
    const journal = new Journal()
    let context!: ServiceContext
    const first = journal.service('First', {
      options: { restart: 'permanent' },
      onStart: (given) => ((context = given), takes(20)(given))
    })
    const second = journal.service('Second', {
      async onStart(given) {
        await takes(10)(given)
        throw new Error('cannot')
      }
    })
    const clock = new TestClock()
    const supervisor = { strategy: 'rest-for-one', ...AT_ONCE } as const
    const app = await createApplication([first, second], { clock, logger: false, supervisor })
    const outcome = rejection(app.start())
    await clock.settle()
    const ended = context.stop()
    await clock.advance(15)
    const stopped = app.service(first).stop()
    await clock.advance(15)
    await Promise.all([ended, stopped])
    expect(await outcome).toMatchObject({
      name: 'StartError',
      service: 'Second',
      cause: { message: 'cannot' }
    })
    await app[Symbol.asyncDispose]()
  })
})

describe('a restart by hand whose start fails', () => {
  it('is told to who asked, and counts as another crash of what had been running', async () => {
    const journal = new Journal()
    const cannot = new Error('cannot start')
    const a = journal.service('A', { onStart: failsAgain(1, cannot) })
    const app = await supervised([a], { backoff: STEADY })
    const refused = await rejection(app.service(a).restart())
    expect(refused).toMatchObject({ name: 'StartError', service: 'A', cause: cannot })
    await app.clock.advance('999ms')
    expect(app.service(a)).toMatchObject({ state: 'backoff', crashReason: cannot })
    await app.clock.advance('1ms')
    expect(app.service(a).state).toBe('running')
    expect(app.events.ofType('supervisor.restarting')).toMatchObject([{ service: 'A', error: cannot }])
  })

  it('ends the supervisor when that happens too often', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: failsAgain(Infinity) })
    const app = await supervised([a], { maxRestarts: 2, ...AT_ONCE })
    await rejection(app.service(a).restart())
    expect(await rejection(app.waitUntilStopped())).toMatchObject({ name: 'MaxRestartsExceededError' })
  })

  it.each([
    ['is temporary', { options: { restart: 'temporary' } }, true],
    ['nobody supervises', {}, false],
    ['was stopped before', {}, true]
  ] as const)('leaves down one that %s', async (how, spec, isSupervised) => {
    const journal = new Journal()
    const a = journal.service('A', { ...spec, onStart: failsAgain(1) })
    const app = isSupervised
      ? await supervised([a], { backoff: STEADY })
      : await createTestApplication([a]).start()
    if (how === 'was stopped before') await app.service(a).stop()
    await rejection(app.service(a).restart())
    await app.clock.advance('1h')
    expect(app.service(a).state).toBe('crashed')
    expect(app.state).toBe('running')
  })
})

describe('a restart by hand whose start fails, and is still taken back', () => {
  it.each([
    ['what it needs ends by its own will', 'Gone', 'transient'],
    ['it is stopped by hand', 'Page', 'transient'],
    ['what it needs ends, and comes back', 'Gone', 'permanent']
  ] as const)('is made good by its supervisor, or not, when meanwhile %s', async (_, ending, restart) => {
    const journal = new Journal()
    let end = (): void => {}
    @Service({ restart })
    class Gone {
      @Task() async work({ stop }: ServiceContext): Promise<void> {
        await new Promise<void>((resolve) => (end = resolve))
        await stop('enough')
      }
    }
    const page = journal.service('Page', { needs: [Gone], onStart: failsAgain(1), onShutdown: takes(1000) })
    const app = await supervised([page], AT_ONCE)
    const restarted = rejection(app.service(page).restart())
    await app.clock.advance(1500)
    expect(app.service(page).state).toBe('stopping')
    const stopped = ending === 'Page' ? app.service(page).stop() : end()
    await app.clock.advance(500)
    expect(await restarted).toMatchObject({ code: 'KEEL_START_FAILED' })
    await stopped
    journal.take()
    await app.clock.advance('1h')
    const isBack = restart === 'permanent'
    expect(app.service(Gone).state).toBe(ending === 'Page' || isBack ? 'running' : 'stopped')
    expect(app.service(page).state).toBe(isBack ? 'running' : 'crashed')
    expect(app.events.ofType('supervisor.restarting').map(({ service }) => service)).toEqual(
      isBack ? ['Gone', 'Page'] : []
    )
  })

  it('is not made good without what it needs, though it rests already when that ends', async () => {
    const journal = new Journal()
    let end = (): void => {}
    @Service()
    class Gone {
      @Task() async work({ stop }: ServiceContext): Promise<void> {
        await new Promise<void>((resolve) => (end = resolve))
        await stop('enough')
      }
    }
    const base = journal.service('Base', { options: { restart: 'temporary' }, onShutdown: takes(1000) })
    const page = journal.service('Page', { needs: [Gone, base], onStart: failsAgain(1) })
    const app = await supervised([page], AT_ONCE)
    app.crash(base, new Error('boom'))
    await app.clock.advance('2s')
    expect(app.services.map(String)).toEqual(['<Gone: running>', '<Base: crashed>', '<Page: running>'])
    const restarted = rejection(app.service(page).restart())
    await app.clock.advance(500)
    end()
    await app.clock.advance('1h')
    expect(await restarted).toMatchObject({ code: 'KEEL_START_FAILED' })
    expect(app.services.map(String)).toEqual(['<Gone: stopped>', '<Base: stopped>', '<Page: crashed>'])
  })
})

describe('a restart of what needs something that has ended for good', () => {
  it.each([false, true])('goes without it, and says so (beside another: %s)', async (isBesideAnother) => {
    const journal = new Journal()
    const gone = journal.service('Gone', { options: { restart: 'temporary' } })
    const other = journal.service('Other')
    const page = journal.service('Page', { needs: [gone, other] })
    const app = await supervised([page], {
      strategy: isBesideAnother ? 'one-for-all' : 'one-for-one',
      ...AT_ONCE
    })
    app.crash(gone, new Error('gone'))
    await app.clock.settle()
    app.crash(page, new Error('boom'))
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<Gone: crashed>', '<Other: running>', '<Page: running>'])
    expect(app.logs.filter(({ msg }) => msg.startsWith('restarts'))).toMatchObject([
      { level: 40, service: 'Page', msg: 'restarts without Gone, which is crashed' }
    ])
  })
})

describe('a crash during backoff', () => {
  it('leaves the service in its backoff, with the first reason, and changes nothing about its restart', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: STEADY })
    const first = new Error('first')
    app.crash(a, first)
    await app.clock.advance('500ms')
    app.crash(a, new Error('second'))
    await app.clock.advance('499ms')
    expect(app.service(a)).toMatchObject({ state: 'backoff', crashReason: first })
    await app.clock.advance('1ms')
    expect(app.service(a)).toMatchObject({ state: 'running', restartCount: 1 })
    expect(app.events.ofType('supervisor.restarting')).toHaveLength(1)
  })
})

describe('a service that is stopped for one that has ended for good', () => {
  it('does not start again with another that ends itself meanwhile, and restarts', async () => {
    const journal = new Journal()
    const contexts = new Map<string, ServiceContext>()
    const keeps = (name: string) => (context: ServiceContext) => void contexts.set(name, context)
    const permanent = { restart: 'permanent' } as const
    const gone = journal.service('Gone', { onStart: keeps('Gone') })
    const back = journal.service('Back', { options: permanent, onStart: keeps('Back') })
    const page = journal.service('Page', { needs: [gone, back], onShutdown: takes(10) })
    @Module({ providers: [back], exports: [back], supervisor: AT_ONCE })
    class Supervised {}
    @Module({ imports: [Supervised], providers: [gone, page] })
    class App {}
    const app = await createTestApplication(App).start()
    const ends = [contexts.get('Gone')!.stop()]
    await app.clock.advance(5)
    ends.push(contexts.get('Back')!.stop())
    await app.clock.advance('1h')
    await Promise.all(ends)
    expect(app.services.map(String).toSorted()).toEqual([
      '<Back: running>',
      '<Gone: stopped>',
      '<Page: stopped>'
    ])
  })
})

describe('a crash of a service that waits to be stopped', () => {
  it.each(['by hand', 'by itself'])('with what it needs, %s, is not undone either', async (how) => {
    const journal = new Journal()
    let ends = (): Promise<void> => Promise.resolve()
    const a = journal.service('A', { onStart: ({ stop }) => void (ends = stop) })
    const b = journal.service('B', { needs: [a], options: { restart: 'permanent' } })
    const c = journal.service('C', { needs: [b], onShutdown: takes(1000) })
    const app = await supervised([c], AT_ONCE)
    const stopped = how === 'by hand' ? app.service(a).stop() : ends()
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>', '<C: stopping>'])
    app.crash(b, new Error('boom'))
    await app.clock.advance('1h')
    await stopped
    expect(app.services.map(String)).toEqual(['<A: stopped>', '<B: crashed>', '<C: stopped>'])
    expect(app.state).toBe('running')
  })
})

describe('a crash in the midst of a restart', () => {
  it.each(['dependents', 'rest-for-one'] as const)(
    'that somebody has called off to restart by hand is not forgotten: %s',
    async (strategy) => {
      const journal = new Journal()
      const a = journal.service('A')
      const b = journal.service('B', { needs: [a], onStart: takes(1000), onShutdown: takes(1000) })
      const c = journal.service('C', { needs: [b] })
      const app = await supervised([c], { strategy, ...AT_ONCE })
      app.crash(b, new Error('boom'))
      await app.until(b, 'starting')
      let isCrashed = false
      app.service(c).state$.subscribe(({ state }) => {
        if (state !== 'stopped' || isCrashed) return
        isCrashed = true
        app.crash(a, new Error('bang'))
      })
      const restarted = app.service(b).restart()
      await app.clock.advance('1h')
      await restarted
      expect(isCrashed).toBe(true)
      expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>', '<C: running>'])
    }
  )
})

describe('a restart', () => {
  it('keeps the instance, and counts', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onFirstStart: () => {}, onRestart: () => {} })
    const app = await supervised([a], AT_ONCE)
    const instance = app.get(a)
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.get(a)).toBe(instance)
    expect(app.service(a)).toMatchObject({ restartCount: 1, crashReason: undefined })
    expect(journal.lines).toEqual(['A.onFirstStart', 'A.onStart', 'A.onStop', 'A.onRestart', 'A.onStart'])
  })

  it('is told by these events, in this order', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await supervised([a], { backoff: STEADY })
    app.events.clear()
    const error = new Error('boom')
    app.crash(a, error)
    await app.clock.advance('1s')
    expect(app.events.names()).toEqual([
      'service.crashed A',
      'supervisor.restarting A',
      'service.stopping A',
      'hook.started A',
      'hook.finished A',
      'service.stopped A',
      'service.restarting A',
      'service.waiting A',
      'service.starting A',
      'hook.started A',
      'hook.finished A',
      'service.started A'
    ])
    expect(app.events.ofType('supervisor.restarting')).toMatchObject([
      { supervisor: app.name, service: 'A', services: ['A'], delayMs: 1000, error }
    ])
    expect(app.events.ofType('service.restarting')).toMatchObject([{ service: 'A', restart: 1 }])
  })

  it('of what is only wanted is not waited for', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [wanted(a)] })
    const app = await supervised([b], { backoff: STEADY })
    app.crash(b, new Error('boom'))
    await app.clock.advance('500ms')
    app.crash(a, new Error('boom'))
    await app.clock.advance('500ms')
    expect(app.services.map(String)).toEqual(['<A: backoff>', '<B: running>'])
  })
})

describe('replacement', () => {
  it('in a module puts another object behind the service', async () => {
    const started: number[] = []
    @Service()
    class Worker {
      number = 1
      onStart(): void {
        started.push(this.number)
      }
    }
    const seen: unknown[] = []
    const replacement = (old: object, index: number): object => {
      seen.push(old, index)
      return Object.assign(new Worker(), { number: 2 })
    }
    const app = await supervised([Worker], { replacement, ...AT_ONCE })
    const first = app.get(Worker)
    app.crash(Worker, new Error('boom'))
    await app.clock.settle()
    expect(seen).toEqual([first, 0])
    expect(started).toEqual([1, 2])
  })

  it('in a module may be one that was there before', async () => {
    const started: string[] = []
    @Service()
    class Worker {
      name = 'primary'
      onStart(): void {
        started.push(this.name)
      }
    }
    const standby = Object.assign(new Worker(), { name: 'standby' })
    let primary: object | undefined
    const replacement = (old: object): object => {
      primary ??= old
      return old === primary ? standby : primary
    }
    const app = await supervised([Worker], { replacement, ...AT_ONCE })
    for (let crash = 0; crash < 3; crash++) {
      app.crash(Worker, new Error('boom'))
      await app.clock.settle()
    }
    expect(started).toEqual(['primary', 'standby', 'primary', 'standby'])
    await app.stop()
  })

  it('that fails counts as another crash', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const replacement = (): never => {
      throw new Error('none left')
    }
    const app = await supervised([a], { replacement, maxRestarts: 2, ...AT_ONCE })
    app.crash(a, new Error('boom'))
    expect(await rejection(app.waitUntilStopped())).toMatchObject({
      name: 'MaxRestartsExceededError',
      cause: { message: 'none left' }
    })
  })

  it('that comes when the service was started by hand, or stopped for good, replaces nothing', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      name = 'old'
      onStart(): void {
        lines.push(`${this.name} starts`)
      }
      onStop(): void {
        lines.push(`${this.name} stops`)
      }
    }
    let give!: (service: object) => void
    const replacement = (): Promise<object> => new Promise((resolve) => (give = resolve))
    const app = await supervised([Worker], { replacement, ...AT_ONCE })
    const fresh = (): Worker => Object.assign(new Worker(), { name: 'new' })
    const handle = app.service(Worker)
    app.crash(Worker, new Error('boom'))
    await app.clock.settle()
    await handle.start()
    give(fresh())
    await app.clock.settle()
    app.crash(Worker, new Error('boom'))
    await app.clock.settle()
    await handle.stop()
    give(fresh())
    await app.clock.settle()
    await handle.start()
    await app.stop()
    const run = ['old starts', 'old stops']
    expect(lines).toEqual([...run, ...run, ...run])
  })
})
