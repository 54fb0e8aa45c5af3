import { describe, expect, it } from 'vitest'
import {
  ExitError,
  MaxRestartsExceededError,
  Module,
  wanted,
  type Class,
  type RestartStrategy,
  type RestartType,
  type SupervisorOptions
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { Journal, rejection, takes } from '../app/journal.js'
import { inside } from '../app/inside.js'

const AT_ONCE = { backoff: false } as const

/** A module that supervises services and imports others. */
function moduleOf(
  name: string,
  providers: Class[],
  supervisor: SupervisorOptions,
  imports: Class[] = []
): Class {
  const module = { [name]: class {} }[name] as Class
  ;(Module({ providers, exports: providers, imports, supervisor }) as ClassDecorator)(module)
  return module
}

async function crashes(app: TestApplication, service: Class, times: number): Promise<void> {
  for (let crash = 0; crash < times; crash++) {
    app.crash(service, new Error(`crash ${crash + 1}`))
    await app.clock.settle()
  }
}

describe('a supervisor that used up its budget', () => {
  it('crashes the application with a MaxRestartsExceededError where nobody is above it', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    const app = await createTestApplication(moduleOf('Shop', [a, b], { maxRestarts: 2, ...AT_ONCE })).start()
    await crashes(app, a, 3)
    const reason = await rejection(app.waitUntilStopped())
    expect(reason).toBeInstanceOf(MaxRestartsExceededError)
    expect(reason).toMatchObject({
      code: 'KEEL_MAX_RESTARTS',
      supervisor: 'Shop',
      service: 'A',
      maxRestarts: 2
    })
    expect(reason).toMatchObject({ withinMs: 60_000, cause: { message: 'crash 3' } })
    expect(app.state).toBe('crashed')
    expect(app.services.map(String)).toEqual(['<A: crashed>', '<B: stopped>'])
  })

  it('tells what keeps it going: more restarts, or a shorter window, and not a longer one', async () => {
    const lives = async (supervisor: SupervisorOptions): Promise<unknown> => {
      const a = new Journal().service('A')
      const app = await createTestApplication(moduleOf('Shop', [a], { ...AT_ONCE, ...supervisor })).start()
      for (let crash = 0; crash < 4; crash++) {
        await app.clock.advance('1s')
        if (app.state === 'running') app.crash(a, new Error('again'))
      }
      await app.clock.settle()
      return app.state === 'running' ? undefined : rejection(app.waitUntilStopped())
    }
    const gaveUp = await lives({ maxRestarts: 2, within: '10s' })
    expect(gaveUp).toMatchObject({
      hint: 'Mend what the cause tells, or raise maxRestarts, or lower within and backoff.'
    })
    expect(await lives({ maxRestarts: 4, within: '10s' })).toBeUndefined()
    expect(await lives({ maxRestarts: 2, within: '1.5s' })).toBeUndefined()
    expect(await lives({ maxRestarts: 2, within: '1m' })).toMatchObject({ code: 'KEEL_MAX_RESTARTS' })
  })

  it('says so, once', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication(moduleOf('Shop', [a], { maxRestarts: 1, ...AT_ONCE })).start()
    await crashes(app, a, 2)
    const error = await rejection(app.waitUntilStopped())
    expect(app.events.ofType('supervisor.gave-up')).toMatchObject([
      { supervisor: 'Shop', service: 'A', error }
    ])
    expect(app.events.ofType('application.crashed')).toMatchObject([{ error }])
  })

  it('has its services stopped and started by the one above, on a budget that is whole again', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B')
    const c = journal.service('C')
    const inner = moduleOf('Inner', [a, b], { maxRestarts: 1, ...AT_ONCE })
    const outer = moduleOf('Outer', [c], { maxRestarts: 1, ...AT_ONCE }, [inner])
    const app = await createTestApplication(outer).start()
    await crashes(app, a, 1)
    journal.take()
    await crashes(app, a, 1)
    expect(journal.take()).toEqual(['B.onStop', 'A.onStop', 'A.onStart', 'B.onStart'])
    await crashes(app, a, 1)
    expect(journal.take()).toEqual(['A.onStop', 'A.onStart'])
    await crashes(app, a, 1)
    expect(await rejection(app.waitUntilStopped())).toMatchObject({
      supervisor: 'Outer',
      service: 'Inner',
      cause: { supervisor: 'Inner', service: 'A', cause: { message: 'crash 1' } }
    })
    expect(app.events.ofType('supervisor.gave-up').map(({ supervisor }) => supervisor)).toEqual([
      'Inner',
      'Inner',
      'Outer'
    ])
  })

  it('is answered for by the first module above that has a supervisor, through those that have none', async () => {
    const journal = new Journal()
    const [a, b, c] = ['A', 'B', 'C'].map((name) => journal.service(name)) as [Class, Class, Class]
    const inner = moduleOf('Inner', [a], { maxRestarts: 0, ...AT_ONCE })
    @Module({ imports: [inner], providers: [b] })
    class Between {}
    const outer = moduleOf('Outer', [c], { ...AT_ONCE }, [Between])
    const app = await createTestApplication(outer, { supervisor: AT_ONCE }).start()
    await crashes(app, a, 1)
    expect(app.events.ofType('supervisor.restarting')).toMatchObject([
      { supervisor: 'Outer', service: 'Inner', services: ['A'] }
    ])
  })

  it('is answered for by the application where no module above has one', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const inner = moduleOf('Inner', [a], { maxRestarts: 0, ...AT_ONCE })
    const app = await createTestApplication(inner, { supervisor: AT_ONCE, name: 'Shop' }).start()
    await crashes(app, a, 1)
    expect(app.events.ofType('supervisor.restarting')).toMatchObject([
      { supervisor: 'Shop', service: 'Inner' }
    ])
    expect(app.service(a).state).toBe('running')
  })

  it('is not answered for by one that it answers for, where modules import each other', async () => {
    const journal = new Journal()
    const [a, b, c] = [journal.service('A'), journal.service('B'), journal.service('C')]
    const once = { maxRestarts: 1, ...AT_ONCE }
    const two: Class = class Two {}
    const one = moduleOf('One', [a], once, [two])
    const three = moduleOf('Three', [c], once, [two])
    ;(Module({ providers: [b], imports: [one, three], supervisor: once }) as ClassDecorator)(two)
    const root = moduleOf('Root', [], { maxRestarts: 1, ...AT_ONCE }, [one])
    const app = await createTestApplication(root).start()
    while (app.state === 'running') await crashes(app, c, 1)
    const gaveUp = app.events.ofType('supervisor.gave-up').map(({ supervisor }) => supervisor)
    expect([...new Set(gaveUp)]).toEqual(['Three', 'Two', 'One', 'Root'])
    expect(await rejection(app.waitUntilStopped())).toMatchObject({ supervisor: 'Root' })
  })

  it('gives up while the others are in backoff: none of them restarts by itself', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B')
    const inner = moduleOf('Inner', [a, b], { maxRestarts: 1, backoff: { initial: '1s', jitter: 0 } })
    const outer = moduleOf('Outer', [], { backoff: { initial: '10s', jitter: 0 } }, [inner])
    const app = await createTestApplication(outer).start()
    await crashes(app, a, 1)
    await crashes(app, b, 1)
    journal.take()
    await app.clock.advance('9s')
    expect(journal.take()).toEqual([])
    expect(app.services.map(String)).toEqual(['<A: backoff>', '<B: backoff>'])
    await app.clock.advance('1s')
    expect(journal.take()).toEqual(['A.onStart', 'B.onStart'])
    expect(app.clock.pending.count).toBe(0)
  })

  it('and is let go by the one above leaves none waiting for a restart', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B')
    const bakers = moduleOf('Bakers', [a, b], { maxRestarts: 1, backoff: { initial: '1s', jitter: 0 } })
    const above = { strategy: 'forfeit-one-for-one' } as const
    const app = await createTestApplication(moduleOf('Shop', [], above, [bakers])).start()
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    expect(app.service(a).state).toBe('backoff')
    app.crash(b, new Error('boom'))
    await app.clock.settle()
    expect(app.services.map(String)).toEqual(['<A: stopped>', '<B: crashed>'])
    await app.service(a).waitUntilStopped()
    await app.clock.advance('1h')
    expect(app.service(a).restartCount).toBe(0)
  })

  it('and is let go by the one above answers no more: what crashes in it is released, and stays down', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStart: takes(1000) })
    const inner = moduleOf('Inner', [a], { maxRestarts: 0, ...AT_ONCE })
    const outer = moduleOf('Outer', [b], { strategy: 'forfeit-one-for-one' }, [inner])
    const app = await createTestApplication(outer).start()
    await crashes(app, a, 1)
    expect(app.service(a).state).toBe('crashed')
    await app.service(a).start()
    journal.take()
    app.crash(a, new Error('again'))
    await app.clock.settle()
    expect(journal.lines).toEqual(['A.onStop'])
    expect(app.services.map(String)).toEqual(['<A: crashed>', '<B: running>'])
    await app.service(a).start()
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: running>'])
  })

  it('during the start fails it, naming the service', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { onStart: takes(1000) })
    const app = await createTestApplication([b, a], { supervisor: { maxRestarts: 0, ...AT_ONCE } }).create()
    app.service(a).state$.subscribe(({ state }) => {
      if (state === 'running') app.crash(a, new Error('boom'))
    })
    const error = await rejection(app.start())
    expect(error).toMatchObject({
      name: 'StartError',
      service: 'A',
      cause: { name: 'MaxRestartsExceededError' }
    })
    expect(app.state).toBe('stopped')
  })

  it('and whose group is restarted from above as one of several takes the others along', async () => {
    const journal = new Journal()
    const [a, b, c] = ['A', 'B', 'C'].map((name) => journal.service(name)) as [Class, Class, Class]
    const inner = moduleOf('Inner', [a, b], { strategy: 'crash' })
    const outer = moduleOf('Outer', [c], { strategy: 'one-for-all', ...AT_ONCE }, [inner])
    const app = await createTestApplication(outer).start()
    journal.take()
    await crashes(app, a, 1)
    expect(journal.take().toSorted()).toEqual(
      ['A.onStop', 'B.onStop', 'C.onStop', 'A.onStart', 'B.onStart', 'C.onStart'].toSorted()
    )
    expect(app.events.ofType('supervisor.restarting')).toHaveLength(1)
  })
})

describe('a module that is restarted as a whole', () => {
  it('leaves down what was stopped by hand before, and what never restarts', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B')
    const c = journal.service('C', { options: { restart: 'temporary' } })
    const inner = moduleOf('Inner', [a, b, c], { strategy: 'crash' })
    const app = await createTestApplication(inner, { supervisor: AT_ONCE }).start()
    await app.service(b).stop()
    await crashes(app, a, 1)
    expect(app.services.map(String)).toEqual(['<A: running>', '<B: stopped>', '<C: stopped>'])
  })
})

describe('while a module waits to be stopped, to be restarted as a whole', () => {
  /** `Own` has crashed, and is slow to shut down; `User`, which needs what the module has, keeps it waiting. */
  async function waiting(
    restart: RestartType,
    strategy: RestartStrategy
  ): Promise<{ readonly app: TestApplication; readonly within: Class; readonly journal: Journal }> {
    const journal = new Journal()
    const within = journal.service('Within', { options: { restart } })
    const user = journal.service('User', { needs: [within], onStop: takes(1000) })
    const own = journal.service('Own')
    const inner = moduleOf('Inner', [within], { strategy, backoff: { initial: '10s' } })
    const outer = moduleOf('Outer', [user, own], { strategy: 'one-for-all', ...AT_ONCE }, [inner])
    const app = await createTestApplication(outer).start()
    app.crash(own, new Error('boom'))
    await app.clock.advance(500)
    expect(app.service(within).state).toBe('running')
    journal.take()
    return { app, within, journal }
  }

  it.each(['one-for-one', 'dependents', 'crash'] as const)(
    'a crash in it is that supervisor’s matter, which restarts it anyway: %s',
    async (strategy) => {
      const { app, within, journal } = await waiting('transient', strategy)
      app.crash(within, new Error('me too'))
      await app.clock.advance(100)
      expect(app.service(within).state).toBe('crashed')
      await app.clock.advance('1m')
      expect(app.services.map(({ state }) => state)).toEqual(['running', 'running', 'running'])
      expect(journal.lines).toEqual(['Within.onStop', 'Within.onStart', 'Own.onStart', 'User.onStart'])
      expect(app.events.ofType('supervisor.restarting')).toHaveLength(1)
    }
  )

  it('what ends itself in it, though it is permanent, comes back', async () => {
    const { app, within } = await waiting('permanent', 'one-for-one')
    void inside(app)
      .services.find(({ name }) => name === app.service(within).name)!
      .endItself()
    await app.clock.advance('1m')
    expect(app.services.map(({ state }) => state)).toEqual(['running', 'running', 'running'])
  })
})

describe('the strategy "crash"', () => {
  it('lets the same error climb to the application', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication(moduleOf('Shop', [a], { strategy: 'crash' })).start()
    const error = new Error('boom')
    app.crash(a, error)
    expect(await rejection(app.waitUntilStopped())).toBe(error)
  })
})

describe('ExitError', () => {
  it('is restarted by nobody: the application ends, with its code, without having crashed', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [wanted(a)] })
    const app = await createTestApplication([b], { supervisor: AT_ONCE }).start()
    app.crash(a, new ExitError(7))
    await app.waitUntilStopped()
    expect(app.state).toBe('stopped')
    expect(inside(app).life.exitRequest?.exitCode).toBe(7)
    expect(app.events.ofType('supervisor.restarting')).toEqual([])
  })
})
