import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createApplication,
  inject,
  Service,
  ServiceBase,
  Supervisor,
  Task,
  type Application,
  type ApplicationOptions,
  type Class,
  type ServiceContext,
  type ServiceHandle,
  type ServiceSnapshot
} from 'keelson'
import { rejection } from './journal.js'

// What somebody asks for who has just heard of a move, or who stands in the midst of one: a hook, or a subscriber. Nothing
// of it may reach anybody else, or be waited for in vain.

const apps: Application[] = []
const create = async (root: Class | object, options: ApplicationOptions = {}): Promise<Application> => {
  const app = await createApplication(root, { logger: false, ...options })
  apps.push(app)
  return app
}
afterEach(async () => {
  for (const app of apps.splice(0)) await app[Symbol.asyncDispose]().catch(() => undefined)
})

/** Calls `act` the first time that a service comes to a state. */
function once(service: Pick<ServiceHandle, 'state$'>, state: string, act: () => unknown): void {
  let isDone = false
  service.state$.subscribe((snapshot: ServiceSnapshot) => {
    if (snapshot.state !== state || isDone) return
    isDone = true
    act()
  })
}

class Plain extends ServiceBase {}

class Pool extends Supervisor {
  get kids(): readonly ServiceHandle[] {
    return this.context.children
  }
}

describe('a start that cannot be', () => {
  it('is refused to the hook that asks for it, by name, and the stop goes on', async () => {
    let asked: Promise<unknown> | undefined
    class Restless extends ServiceBase {
      onStop(): void {
        asked = rejection(this.start())
      }
    }
    const service = new Restless()
    await service.start()
    await service.stop()
    expect(service.state).toBe('stopped')
    expect(await asked).toMatchObject({
      code: 'KEEL_ILLEGAL_TRANSITION',
      service: 'Restless',
      message: expect.stringContaining("Restless cannot start: it is 'stopping'")
    })
  })

  it('is refused to the subscriber who asks for it, and not to the one who crashed the service', async () => {
    const pool = new Pool([new Plain()], { maxRestarts: 0 })
    await pool.start()
    const [child] = pool.kids
    let asked: Promise<unknown> | undefined
    once(child!, 'crashed', () => (asked = rejection(child!.start())))
    child!.crash(new Error('boom'))
    expect(await asked).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    await rejection(pool.waitUntilStopped())
    expect(pool.state).toBe('crashed')
  })

  it('leaves the run that ends as it is', async () => {
    const aborted: boolean[] = []
    let open!: () => void
    const gate = new Promise<void>((resolve) => (open = resolve))
    class Slow extends ServiceBase {
      async onStop(): Promise<void> {
        await gate
        aborted.push(this.signal.aborted, this.shouldStop)
      }
    }
    const service = new Slow()
    await service.start()
    const isStopping = new Promise<void>((resolve) => once(service, 'stopping', resolve))
    const stopping = service.stop()
    await isStopping
    expect(await rejection(service.start())).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    open()
    await stopping
    expect(aborted).toEqual([true, true])
  })

  it('is no second one where the owner starts its child already: it waits for that', async () => {
    let open!: () => void
    const gate = new Promise<void>((resolve) => (open = resolve))
    class Kid extends ServiceBase {
      onStart(): Promise<void> {
        return gate
      }
    }
    const kid = new Kid()
    const pool = new Pool([kid])
    const starting = pool.start()
    await Promise.resolve()
    expect(kid.state).toBe('starting')
    const asked = kid.start()
    open()
    await asked
    expect(kid.state).toBe('running')
    await starting
    await pool.stop()
  })
})

describe('a service that is started again by whoever hears that it has stopped', () => {
  it('has stopped for the one who stopped it, and can be stopped again', async () => {
    const service = new Plain()
    await service.start()
    let again: Promise<void> | undefined
    once(service, 'stopped', () => (again = service.start()))
    await service.stop()
    await again
    expect(service.state).toBe('running')
    await service.stop()
    expect(service.state).toBe('stopped')
  })

  it('has been restarted for the one who restarted it', async () => {
    @Service()
    class Worker {}
    const app = await create(Worker)
    await app.start()
    const worker = app.service(Worker)
    once(worker, 'stopped', () => void worker.start())
    await worker.restart()
    expect(worker.state).toBe('running')
  })

  it('does not keep its supervisor from restarting the others', async () => {
    const [a, b] = [new Plain(), new Plain()]
    const pool = new Pool([a, b], { strategy: 'one-for-all', backoff: false })
    await pool.start()
    once(a, 'stopped', () => void a.start())
    const restarted = new Promise<void>((resolve) =>
      b.state$.subscribe(({ state, restartCount }) => {
        if (state === 'running' && restartCount > 0) resolve()
      })
    )
    pool.kids[1]!.crash(new Error('boom'))
    await restarted
    expect([a.state, b.state, pool.state]).toEqual(['running', 'running', 'running'])
    await pool.stop()
  })
})

describe('an application', () => {
  @Service()
  class First {}
  @Service()
  class Second {
    readonly first = inject(First)
  }

  it('starts although somebody starts one of its services in the midst of that', async () => {
    const app = await create(Second)
    once(app.service(First), 'waiting', () => void app.service(First).start())
    await app.start()
    expect(app.services.map(({ state }) => state)).toEqual(['running', 'running'])
  })

  it('that starts does not leave waiting what needs a service that somebody stops in the midst of that', async () => {
    const app = await create(Second)
    const [first, second] = [app.service(First), app.service(Second)]
    once(first, 'waiting', () => void first.stop())
    await app.start()
    expect([first.state, second.state]).toEqual(['stopped', 'init'])
    await second.start()
    expect([first.state, second.state]).toEqual(['running', 'running'])
  })

  it.each(['restart', 'maybeStart', 'start'] as const)(
    'lets nothing go of what a hook below must not %s',
    async (lever) => {
      const codes: unknown[] = []
      @Service()
      class Below {
        async onStart(): Promise<void> {
          const above = app.service(Above)
          await above[lever]().catch((error: unknown) => codes.push(error))
        }
      }
      @Service()
      class Above {
        readonly below = inject(Below)
      }
      const app: Application = await create(Above)
      await app.start()
      expect(codes).toMatchObject([{ code: 'KEEL_SELF_WAIT' }])
      expect(app.services.map(({ state }) => state)).toEqual(['running', 'running'])
    }
  )
})

describe('a hook that restarts its own service', () => {
  it('is not made to wait for that', async () => {
    let starts = 0
    @Service()
    class Own {
      async onStart(): Promise<void> {
        if (++starts === 1) await app.service(Own).restart()
      }
    }
    const app: Application = await create(Own)
    const restarted = new Promise<void>((resolve) =>
      app.service(Own).state$.subscribe(({ state, restartCount }) => {
        if (state === 'running' && restartCount > 0) resolve()
      })
    )
    await app.start()
    await restarted
    expect([starts, app.state]).toEqual([2, 'running'])
  })
})

describe('one object in two applications', () => {
  it('is the last one’s, and the first says so when it is to start', async () => {
    const plain = new Plain()
    const [one, two] = [await create(plain, { name: 'One' }), await create(plain, { name: 'Two' })]
    expect(await rejection(one.start())).toMatchObject({
      code: 'KEEL_ILLEGAL_TRANSITION',
      message: expect.stringMatching(/One cannot start: .* Plain .*another application now, Two\/Plain/)
    })
    await two.start()
    expect(plain.state).toBe('running')
  })

  it('is not taken away from one that runs it, or from a supervisor', async () => {
    const plain = new Plain()
    const one = await create(plain, { name: 'One' })
    await one.start()
    expect(await rejection(createApplication(plain, { logger: false, name: 'Two' }))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining("One/Plain, which is 'running'")
    })
    expect(one.services[0]?.state).toBe('running')
    const kept = new Plain()
    const pool = new Pool([kept])
    expect(await rejection(createApplication(kept, { logger: false }))).toMatchObject({
      code: 'KEEL_INVALID_OPTION'
    })
    await pool.start()
    expect(kept.state).toBe('running')
    await pool.stop()
  })

  it('may be one that a supervisor of the same application answers for', async () => {
    let starts = 0
    @Service()
    class Worker {
      onStart(): void {
        starts++
      }
    }
    @Service()
    class Workers extends Pool {
      constructor() {
        super([inject(Worker)], { backoff: false })
      }
    }
    const app = await create(Workers, { name: 'App' })
    await app.start()
    const worker = app.service(Worker)
    expect(app.services.map(({ path }) => path)).toEqual(['App/Worker', 'App/Workers'])
    expect([worker.parent, app.get(Workers).kids]).toEqual([app.service(Workers), [worker]])
    const restarted = new Promise<void>((resolve) =>
      worker.state$.subscribe(({ state, restartCount }) => {
        if (state === 'running' && restartCount > 0) resolve()
      })
    )
    worker.crash(new Error('boom'))
    await restarted
    expect([starts, app.state]).toEqual([2, 'running'])
    await app.stop()
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })

  it('may go from one that is over to the next', async () => {
    const plain = new Plain()
    for (const name of ['One', 'Two']) {
      const app = await create(plain, { name })
      await app.start()
      expect(app.services[0]?.path).toBe(`${name}/Plain`)
      await app.stop()
    }
  })
})

describe('what is to take the place of a service', () => {
  class Broken extends ServiceBase {
    constructor() {
      super()
      throw new Error('no connection')
    }
  }

  it.each([
    ['cannot be constructed', () => Broken],
    ['runs elsewhere', (busy: object) => busy]
  ])('counts as another crash when it %s, and the supervisor gives up in the end', async (_, spare) => {
    const busy = new Plain()
    await busy.start()
    const options = { backoff: false, maxRestarts: 2, replacement: () => spare(busy) } as const
    const pool = new Pool([new Plain()], options)
    await pool.start()
    const ended = rejection(pool.waitUntilStopped())
    pool.kids[0]!.crash(new Error('boom'))
    expect(await ended).toMatchObject({ code: 'KEEL_MAX_RESTARTS' })
    expect(pool.kids).toHaveLength(1)
    await busy.stop()
  })

  it('leaves the old one running when it is refused', async () => {
    const [old, busy] = [new Plain(), new Plain()]
    await busy.start()
    const pool = new Pool([old])
    await pool.start()
    expect(await rejection(pool.replace(0, busy))).toMatchObject({ code: 'KEEL_INVALID_OPTION' })
    expect([old.state, pool.kids.length]).toEqual(['running', 1])
    await pool.stop()
    await busy.stop()
  })
})

describe('a service that is replaced', () => {
  it('makes room although somebody starts it again on the way', async () => {
    const [old, spare] = [new Plain(), new Plain()]
    const pool = new Pool([old], { backoff: { initial: '1h', jitter: 0 } })
    await pool.start()
    pool.kids[0]!.crash(new Error('boom'))
    await new Promise<void>((resolve) => once(old, 'backoff', resolve))
    once(old, 'stopped', () => old.start().catch(() => undefined))
    await pool.replace(0, spare)
    expect([old.state, spare.state, pool.kids.length]).toEqual(['stopped', 'running', 1])
    await pool.stop()
  })
})

describe('a constructor that fails', () => {
  it('is told with the way down to it, be it by inject()', async () => {
    @Service()
    class A {
      constructor() {
        throw new Error('no')
      }
    }
    @Service()
    class B {
      readonly a = inject(A)
    }
    @Service()
    class C {
      readonly b = inject(B)
    }
    expect(await rejection(createApplication(C, { logger: false }))).toMatchObject({
      service: 'A',
      phase: 'constructor',
      path: ['C', 'B', 'A']
    })
  })
})

describe('an application that has just stopped', () => {
  /** The types of what it tells of itself from now on. */
  function told(app: Application): string[] {
    const types: string[] = []
    app.events$.subscribe(({ type }) => {
      if (type.startsWith('application.')) types.push(type.slice('application.'.length))
    })
    return types
  }

  it.each(['stopped', 'failed to start'])(
    'since it %s is started again by who is told, after all were told',
    async (how) => {
      let starts = 0
      @Service()
      class A {
        onStart(): void {
          if (++starts === 1 && how !== 'stopped') throw new Error('boom')
        }
      }
      const app = await create(A)
      const types = told(app)
      let again: Promise<void> | undefined
      app.state$.subscribe((state) => {
        if (state === 'stopped') again ??= app.start()
      })
      await app.start().catch(() => undefined)
      if (how === 'stopped') await app.stop()
      await again
      expect(app.state).toBe('running')
      const stop =
        how === 'stopped'
          ? ['started', 'draining', 'stopping', 'stopped']
          : ['stopping', 'stopped', 'started']
      expect(types).toEqual(['starting', ...stop, 'starting', 'started'])
    }
  )

  it.each(['by a stop', 'by a start that was abandoned'])(
    '%s has the stop of its next start for itself',
    async (how) => {
      @Service()
      class A {
        onStart(): Promise<void> {
          return new Promise((resolve) => setImmediate(resolve))
        }
      }
      const app = await create(A)
      const starting = app.start().catch(() => undefined)
      if (how === 'by a stop') await starting
      void app.stop()
      await (how === 'by a stop' ? app.waitUntilStopped() : starting)
      const again = rejection(app.start())
      await app.stop()
      expect(app.state).toBe('stopped')
      expect(await again).toMatchObject({ code: 'KEEL_START_ABORTED' })
      await app.start()
      expect(app.state).toBe('running')
    }
  )

  it('since its start was abandoned can be started by who waited for its end', async () => {
    @Service()
    class A {}
    const app = await create(A)
    const abandoned = rejection(app.start())
    void app.stop()
    await app.waitUntilStopped()
    await app.start()
    expect(app.state).toBe('running')
    expect(await abandoned).toMatchObject({ code: 'KEEL_START_ABORTED' })
  })
})

describe('a crash', () => {
  it('of a service in backoff leaves it there, be it asked for by who hears of that', async () => {
    class Crashing extends Plain {}
    const pool = new Pool([new Crashing()], { backoff: { initial: '1h' } })
    await pool.start()
    const [child] = pool.kids
    const states: string[] = []
    once(child!, 'backoff', () => child!.crash(new Error('again')))
    child!.state$.subscribe(({ state }) => states.push(state))
    child!.crash(new Error('boom'))
    await vi.waitUntil(() => states.includes('backoff'))
    await Promise.resolve()
    expect(child).toMatchObject({ state: 'backoff', restartCount: 0 })
    expect(states.slice(-3)).toEqual(['backoff', 'crashed', 'backoff'])
    child!.crash(new Error('once more'))
    expect(child!.state).toBe('backoff')
    await pool.stop()
  })

  /** In backoff, with whoever supervises it. */
  const supervised: Record<string, () => Promise<ServiceHandle>> = {
    'of a Supervisor': async () => {
      const pool = new Pool([new Plain()], { backoff: { initial: '1h' } })
      apps.push(await createApplication([pool], { logger: false }))
      await pool.start()
      return pool.kids[0]!
    },
    'of an application': async () => {
      @Service()
      class Crashing {}
      const app = await create(Crashing, { supervisor: { backoff: { initial: '1h' } } })
      await app.start()
      return app.service(Crashing)
    }
  }

  it.each(Object.entries(supervised))(
    'of a service in backoff is heard by somebody who starts it: %s',
    async (_, make) => {
      const service = await make()
      service.crash(new Error('boom'))
      await vi.waitUntil(() => service.state === 'backoff')
      let started: Promise<void> | undefined
      once(service, 'crashed', () => (started = service.start()))
      service.crash(new Error('again'))
      await started
      expect(service.state).toBe('running')
    }
  )

  it.each(Object.entries(supervised))(
    'that has come to its end is heard by somebody who starts it: %s',
    async (_, make) => {
      const service = await make()
      let started: Promise<void> | undefined
      once(service, 'stopping', () => once(service, 'crashed', () => (started = service.start())))
      service.crash(new Error('boom'))
      await vi.waitUntil(() => started !== undefined)
      await started
      expect(service.state).toBe('running')
    }
  )
})

describe('a stop that has failed', () => {
  it('is told as such, though who heard of its end has started the service again', async () => {
    const boom = new Error('boom')
    let stops = 0
    class Child {
      onStop(): void {
        if (++stops === 1) throw boom
      }
    }
    class Owner extends ServiceBase {
      async onStart(): Promise<void> {
        await this.addChild(new Child())
      }
    }
    const owner = new Owner()
    await owner.start()
    let again: Promise<void> | undefined
    once(owner, 'stopped', () => (again = owner.start()))
    expect(await rejection(owner.stop())).toMatchObject({
      failures: [{ service: 'Owner/Child', phase: 'onStop', error: boom }]
    })
    await again
    expect(owner.state).toBe('running')
    await owner.stop()
  })
})

describe('a service that is started right after its stop', () => {
  /** Takes a turn of the event loop to start. */
  class Slow extends ServiceBase {
    onStart(): Promise<void> {
      return new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** One that has stopped: alone, in an application, as a child. */
  const kinds: Record<string, () => Promise<ServiceBase>> = {
    'all by itself': async () => new Slow(),
    'of an application': async () => {
      const service = new Slow()
      const app = await createApplication([service], { logger: false })
      apps.push(app)
      await app.start()
      await service.stop()
      return service
    },
    'that is a child': async () => {
      const child = new Slow()
      const owner = new Plain()
      await owner.start()
      await owner.addChild(child)
      await child.stop()
      return child
    }
  }

  it.each(Object.entries(kinds))('has the next stop for itself: %s', async (_, make) => {
    const service = await make()
    await service.start()
    void service.stop()
    await service.waitUntilStopped()
    const again = rejection(service.start())
    await service.stop()
    expect(service.state).toBe('stopped')
    expect(await again).toMatchObject({ code: 'KEEL_START_ABORTED' })
  })

  it.each(Object.entries(kinds))(
    'is started, though its last start was called off and is not told yet: %s',
    async (_, make) => {
      for (const start of ['start', 'maybeStart'] as const) {
        const service = await make()
        const calledOff = rejection(service.start())
        await service.stop()
        await service[start]()
        expect(service.state).toBe('running')
        expect(await calledOff).toMatchObject({ code: 'KEEL_START_ABORTED' })
        await service.stop()
      }
    }
  )

  it('and stopped once more before that can begin stays as it is', async () => {
    const service = new Slow()
    const first = rejection(service.start())
    void service.stop()
    const second = rejection(service.start())
    await service.stop()
    expect([await first, await second]).toMatchObject([1, 2].map(() => ({ code: 'KEEL_START_ABORTED' })))
    expect(service.state).toBe('stopped')
    await service.start()
    expect(service.state).toBe('running')
    await service.stop()
  })

  it.each(Object.entries(kinds).slice(1))(
    'and stopped and started once more before that can begin is started for the last who asked: %s',
    async (_, make) => {
      const service = await make()
      const first = rejection(service.start())
      void service.stop()
      const second = rejection(service.start())
      void service.stop()
      await service.start()
      expect(service.state).toBe('running')
      expect([await first, await second]).toMatchObject([1, 2].map(() => ({ code: 'KEEL_START_ABORTED' })))
      await service.stop()
    }
  )

  it('while it stops, and stopped and started once more, is started for the last who asked', async () => {
    class SlowToStop extends Slow {
      onShutdown(): Promise<void> {
        return this.onStart()
      }
    }
    const service = new SlowToStop()
    const app = await create([service])
    await app.start()
    void service.stop()
    const first = rejection(service.start())
    void service.stop()
    await service.start()
    expect(service.state).toBe('running')
    expect(await first).toMatchObject({ code: 'KEEL_START_ABORTED' })
  })

  it.each([
    ['restarted', false],
    ['restarted', true],
    ['stopped and started', false],
    ['stopped and started', true]
  ])('runs again, though its work stops it as it ends: %s, supervised: %s', async (how, isSupervised) => {
    class Worker extends ServiceBase {
      @Task() async work({ stopRequested }: ServiceContext): Promise<void> {
        await stopRequested()
        await this.stop('nothing left to do')
      }
    }
    const worker = new Worker()
    const app = await create(worker, isSupervised ? { supervisor: {} } : {})
    await app.start()
    if (how === 'restarted') await worker.restart()
    else {
      const stopping = worker.stop()
      const starting = worker.start()
      await Promise.all([stopping, starting])
    }
    expect(worker.state).toBe('running')
    await app.stop()
    expect(worker.state).toBe('stopped')
  })

  it('is not started once more behind the stop of its application', async () => {
    const gate: (() => void)[] = []
    class SlowToStop extends ServiceBase {
      onShutdown(): Promise<void> {
        return new Promise((resolve) => gate.push(resolve))
      }
    }
    const service = new SlowToStop()
    const app = await create(service)
    await app.start()
    void service.stop()
    const calledOff = rejection(service.start())
    const stopping = app.stop()
    await new Promise<void>((resolve) => setImmediate(resolve))
    const refused = rejection(service.start())
    for (const open of gate) open()
    await stopping
    expect(await calledOff).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(await refused).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    expect(service.state).toBe('stopped')
  })
})
