import { describe, expect, it, vi } from 'vitest'
import {
  inject,
  Injectable,
  MaxRestartsExceededError,
  Service,
  ServiceBase,
  ServiceContext,
  Supervisor,
  Task,
  type ServiceHandle,
  type SupervisorOptions
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { inside } from '../app/inside.js'
import { Journal, rejection, takes } from '../app/journal.js'

const AT_ONCE = { backoff: false } as const

class Worker extends ServiceBase {
  readonly log_: string[]
  readonly label: string
  failures = 0

  constructor(label: string, log: string[] = []) {
    super()
    this.label = label
    this.log_ = log
  }

  onStart(): void {
    this.log_.push(`start ${this.label}`)
    if (this.failures-- > 0) throw new Error(`${this.label} cannot start`)
  }

  onStop(): void {
    this.log_.push(`stop ${this.label}`)
  }
}

/** Lets run what needs no time to pass. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** An application whose only service owns a supervisor. */
async function owned(
  workers: object[],
  options: SupervisorOptions
): Promise<{ app: TestApplication; pool: Supervisor; handle: ServiceHandle }> {
  const pool = new Supervisor(workers, options)
  @Service()
  class Owner {
    constructor() {
      void inject(ServiceContext).addChild(pool, { name: 'pool' })
    }
  }
  const app = await createTestApplication(Owner).start()
  return { app, pool, handle: app.service(Owner).children[0]! }
}

describe('a Supervisor', () => {
  it('refuses options that make no sense', () => {
    expect(() => new Supervisor([], { maxRestarts: -1 })).toThrow('maxRestarts of the Supervisor')
    expect(() => new Supervisor([], { within: 'soon' })).toThrow(/within of the Supervisor/)
  })

  it('refuses what is no list of services, and says so', async () => {
    const refusal = { code: 'KEEL_INVALID_OPTION' }
    const given: unknown[] = [new Worker('a'), null, 'ab', [5], [null], ['a'], [undefined]]
    for (const services of given)
      expect(() => new Supervisor(services as object[])).toThrow(expect.objectContaining(refusal))
    expect(() => new Supervisor([], null as never)).toThrow(expect.objectContaining(refusal))
    expect(await rejection(new Supervisor().add(undefined as never))).toMatchObject(refusal)
  })

  it('refuses a service that somebody drives already', () => {
    const worker = new Worker('a')
    const first = new Supervisor([worker])
    expect(() => new Supervisor([worker])).toThrow(/cannot become a child/)
    expect(first.state).toBe('init')
  })

  it('gives the services back that it was refused with', async () => {
    const worker = new Worker('a')
    for (const other of [undefined, [worker], new Date(), Object.create(null), worker])
      expect(() => new Supervisor([worker, other as never])).toThrow(
        expect.objectContaining({ code: 'KEEL_INVALID_OPTION' })
      )
    await worker.start()
    expect(worker.state).toBe('running')
    await worker.stop()
  })

  it('lets go of them when it cannot construct another', async () => {
    const worker = new Worker('a')
    class Bad {
      constructor() {
        throw new Error('no luck')
      }
    }
    expect(() => new Supervisor([worker, Bad])).toThrow(/Supervisor\/Bad failed to start.*no luck/)
    const pool = new Supervisor([worker])
    await pool.start()
    expect(worker.state).toBe('running')
    await pool.stop()
  })

  it('takes in none of several of which one cannot be among them', async () => {
    const log: string[] = []
    const pool = new Supervisor()
    await pool.start()
    expect(await rejection(pool.add(new Worker('a', log), [] as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining(
        'a child of Supervisor must be an object of a class that may have hooks, but is an array'
      )
    })
    expect(log).toEqual([])
    await pool.stop()
  })

  it('tells of a class that it cannot construct as of a start that fails', async () => {
    const pool = new Supervisor()
    await pool.start()
    const cause = new Error('no luck')
    class Bad {
      constructor() {
        throw cause
      }
    }
    expect(await rejection(pool.add(Bad))).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'Supervisor/Bad',
      phase: 'constructor',
      cause
    })
    await pool.stop()
  })

  it('refuses an index that it does not have', async () => {
    const pool = new Supervisor([new Worker('a')])
    expect(await rejection(pool.replace(1, new Worker('b')))).toMatchObject({ code: 'KEEL_INVALID_OPTION' })
  })

  it('fails to start, and stops what it had started, when one of its services fails to', async () => {
    const log: string[] = []
    const bad = new Worker('b', log)
    bad.failures = 1
    const pool = new Supervisor([new Worker('a', log), bad, new Worker('c', log)], AT_ONCE)
    expect(await rejection(pool.start())).toMatchObject({
      name: 'StartError',
      cause: { message: 'b cannot start' }
    })
    expect(log).toEqual(['start a', 'start b', 'stop a'])
  })

  it('has no side effects while it is constructed', () => {
    const worker = new Worker('a')
    const pool = new Supervisor([worker])
    expect([pool.state, worker.state]).toEqual(['init', 'init'])
  })

  it('starts its services in order and stops them in reverse, without a container', async () => {
    const log: string[] = []
    const pool = new Supervisor(['a', 'b', 'c'].map((label) => new Worker(label, log)))
    await pool.start()
    await pool.stop()
    expect(log).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
  })

  it('restarts the one that crashed alone, at once, the crash being seen without any poll', async () => {
    const log: string[] = []
    const [a, b] = [new Worker('a', log), new Worker('b', log)]
    const pool = new Supervisor([a, b], AT_ONCE)
    await pool.start()
    a.crash(new Error('boom'))
    await settle()
    expect(log).toEqual(['start a', 'start b', 'stop a', 'start a'])
    expect([a.state, b.state, pool.state]).toEqual(['running', 'running', 'running'])
    await pool.stop()
  })

  it.each([
    ['one-for-all', ['stop c', 'stop b', 'stop a', 'start a', 'start b', 'start c']],
    ['rest-for-one', ['stop c', 'stop b', 'start b', 'start c']],
    ['dependents', ['stop b', 'start b']],
    ['forfeit-one-for-one', ['stop b']],
    ['forfeit-one-for-all', ['stop c', 'stop b', 'stop a']]
  ] as const)('follows its strategy: %s', async (strategy, expected) => {
    const log: string[] = []
    const workers = ['a', 'b', 'c'].map((label) => new Worker(label, log))
    const pool = new Supervisor(workers, { strategy, ...AT_ONCE })
    await pool.start()
    log.length = 0
    workers[1]!.crash(new Error('boom'))
    await settle()
    expect(log).toEqual(expected)
    expect(pool.state).toBe('running')
    await pool.stop()
  })

  it('crashes with a MaxRestartsExceededError when they crash too often, its services stopped before', async () => {
    const log: string[] = []
    const [a, b] = [new Worker('a', log), new Worker('b', log)]
    const pool = new Supervisor([a, b], { maxRestarts: 1, ...AT_ONCE })
    await pool.start()
    const ended = rejection(pool.waitUntilStopped())
    const error = new Error('boom')
    a.crash(error)
    await settle()
    a.crash(error)
    const reason = await ended
    expect(reason).toBeInstanceOf(MaxRestartsExceededError)
    expect(reason).toMatchObject({ supervisor: 'Supervisor', service: 'Supervisor/Worker', cause: error })
    expect([a.state, b.state, pool.state]).toEqual(['crashed', 'stopped', 'crashed'])
    expect(log.slice(-2)).toEqual(['stop b', 'stop a'])
  })

  it('starts again with a budget that is whole', async () => {
    const a = new Worker('a')
    const pool = new Supervisor([a], { maxRestarts: 1, ...AT_ONCE })
    for (let start = 0; start < 3; start++) {
      await pool.start()
      a.crash(new Error('boom'))
      await settle()
      expect([a.state, pool.state]).toEqual(['running', 'running'])
      await pool.stop()
    }
  })

  it('does nothing more about a service that is stopped by hand', async () => {
    const a = new Worker('a')
    const pool = new Supervisor([a], AT_ONCE)
    await pool.start()
    await a.stop()
    await settle()
    expect([a.state, pool.state]).toEqual(['stopped', 'running'])
    await pool.stop()
  })

  it('leaves a restart loop when it stops', async () => {
    const log: string[] = []
    const a = new Worker('a', log)
    const { app, pool } = await owned([a], { maxRestarts: Infinity, backoff: { initial: '1ms', max: '1ms' } })
    a.failures = Infinity
    a.crash(new Error('boom'))
    await app.clock.advance('100ms')
    expect(log.length).toBeGreaterThan(50)
    await pool.stop()
    log.length = 0
    await app.clock.advance('1h')
    expect(log).toEqual([])
    expect(app.clock.pending.count).toBe(0)
    await app[Symbol.asyncDispose]()
  })
})

describe('a Supervisor that stops', () => {
  it('leaves none in backoff, though those after it take their time to stop', async () => {
    const slow = new Journal().service('Slow', { onStop: takes(1000) })
    const a = new Worker('a')
    const { app, handle } = await owned([a, new slow()], {})
    a.crash(new Error('boom'))
    await app.clock.settle()
    expect(a.state).toBe('backoff')
    const restarted = handle.restart()
    await app.clock.settle()
    expect([a.state, handle.children[1]!.state]).toEqual(['stopped', 'stopping'])
    await app.clock.advance('1s')
    await restarted
    expect(a.state).toBe('running')
    await app[Symbol.asyncDispose]()
  })
})

describe('a Supervisor whose owner crashes', () => {
  it('restarts nothing any more, though the others are drained first', async () => {
    const log: string[] = []
    const pool = new Supervisor([new Worker('a', log)], { backoff: { initial: '1s', jitter: 0 } })
    @Service()
    class Owner {
      constructor() {
        void inject(ServiceContext).addChild(pool)
      }
    }
    const slow = new Journal().service('Slow', { onDrain: takes(5000) })
    const app = await createTestApplication([Owner, slow]).start()
    app.service(Owner).children[0]!.children[0]!.crash(new Error('boom'))
    await app.clock.settle()
    log.length = 0
    app.crash(Owner, new Error('boom'))
    await app.clock.advance('10s')
    expect(log).toEqual([])
    expect(app.state).toBe('crashed')
  })
})

describe('services that are added and removed', () => {
  it('start at once while it runs, and are supervised like the others', async () => {
    const log: string[] = []
    const pool = new Supervisor([new Worker('a', log)], AT_ONCE)
    await pool.start()
    const [b, c] = [new Worker('b', log), new Worker('c', log)]
    await pool.add(b, c)
    expect([b.state, c.state]).toEqual(['running', 'running'])
    b.crash(new Error('boom'))
    await settle()
    expect(b.state).toBe('running')
    await pool.stop()
    expect(log.slice(-3)).toEqual(['stop c', 'stop b', 'stop a'])
  })

  it('that fail to start are not kept, and crash nothing', async () => {
    const pool = new Supervisor([], AT_ONCE)
    await pool.start()
    const bad = new Worker('bad')
    bad.failures = 1
    expect(await rejection(pool.add(bad))).toMatchObject({ name: 'StartError' })
    expect(pool.state).toBe('running')
    await pool.add(bad)
    expect(bad.state).toBe('running')
    await pool.stop()
  })

  it('that are refused since it stops are not supervised', async () => {
    class Ready extends Worker {
      readonly own = this.context
    }
    let open!: () => void
    const gate = new Promise<void>((resolve) => (open = resolve))
    class Slow extends ServiceBase {
      onStop(): Promise<void> {
        return gate
      }
    }
    const [one, unanswered] = [new Ready('one'), new Worker('unanswered')]
    const pool = new Supervisor([new Slow()], AT_ONCE)
    await pool.addChild(unanswered)
    await pool.start()
    const stopping = pool.stop()
    await settle()
    for (const late of [one, Ready])
      expect(await rejection(pool.add(late))).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    open()
    await stopping
    await pool.start()
    await one.start()
    one.crash(new Error('boom'))
    await settle()
    expect(one.state).toBe('crashed')
    unanswered.crash(new Error('boom'))
    expect(await rejection(pool.waitUntilStopped())).toEqual(new Error('boom'))
  })

  it('before it starts are part of every run', async () => {
    const a = new Worker('a')
    const pool = new Supervisor([], AT_ONCE)
    await pool.add(a)
    for (let start = 0; start < 2; start++) {
      await pool.start()
      expect(a.state).toBe('running')
      await pool.stop()
    }
  })

  it('during a run are gone in the next, and can be added to that', async () => {
    const a = new Worker('a')
    const pool = new Supervisor([], AT_ONCE)
    await pool.start()
    await pool.add(a)
    expect(a.name).toBe('Supervisor/Worker')
    await pool.restart()
    expect(a.state).toBe('stopped')
    await pool.add(a)
    expect([a.name, a.state]).toEqual(['Supervisor/Worker', 'running'])
    await pool.stop()
  })

  it('are stopped and let go when they are removed, and may be taken in elsewhere', async () => {
    const a = new Worker('a')
    const pool = new Supervisor([a], AT_ONCE)
    await pool.start()
    await pool.remove(a)
    expect(a.state).toBe('stopped')
    expect(await rejection(pool.remove(a))).toMatchObject({ code: 'KEEL_UNKNOWN_TOKEN' })
    const other = new Supervisor([a], AT_ONCE)
    await other.start()
    a.crash(new Error('boom'))
    await settle()
    expect([a.state, other.state, pool.state]).toEqual(['running', 'running', 'running'])
    await Promise.all([pool.stop(), other.stop()])
  })

  it('in backoff can be removed', async () => {
    const a = new Worker('a')
    const { app, pool } = await owned([a], {})
    a.crash(new Error('boom'))
    await app.clock.settle()
    expect(a.state).toBe('backoff')
    await pool.remove(a)
    expect(app.clock.pending.count).toBe(0)
    await app.clock.advance('1h')
    expect(a.state).toBe('stopped')
    await app[Symbol.asyncDispose]()
  })

  it('one takes the place of another', async () => {
    const log: string[] = []
    const [a, b, c] = ['a', 'b', 'c'].map((label) => new Worker(label, log)) as [Worker, Worker, Worker]
    const pool = new Supervisor([a, b], AT_ONCE)
    await pool.start()
    await pool.replace(0, c)
    expect([a.state, b.state, c.state]).toEqual(['stopped', 'running', 'running'])
    c.crash(new Error('boom'))
    await settle()
    expect(c.state).toBe('running')
    await pool.stop()
    expect(log).toEqual(['start a', 'start b', 'stop a', 'start c', 'stop c', 'start c', 'stop b', 'stop c'])
    await pool.start()
    expect([a.state, c.state]).toEqual(['stopped', 'running'])
    await pool.stop()
  })

  it('one takes the place of another, whatever goes wrong as that stops, which is logged', async () => {
    class Stubborn extends ServiceBase {
      onStop(): void {
        throw new Error('boom')
      }
    }
    const { app, pool, handle } = await owned([new Stubborn()], AT_ONCE)
    await pool.replace(0, new Worker('b'))
    expect(handle.children).toMatchObject([{ state: 'running' }])
    expect(app.logs.map(({ msg }) => msg)).toContain(
      'Owner/pool/Stubborn failed in onStop while it was stopped'
    )
    await app.stop()
    await app[Symbol.asyncDispose]()
  })

  it('when one is replaced are not lost that who hears of it adds', async () => {
    const log: string[] = []
    const [a, b, c] = [new Worker('a', log), new Worker('b', log), new Worker('c', log)]
    const pool = new Supervisor([a], AT_ONCE)
    await pool.start()
    a.state$.subscribe({ complete: () => void pool.add(c) })
    await pool.replace(0, b)
    await settle()
    expect([b.state, c.state]).toEqual(['running', 'running'])
    await pool.stop()
    expect([b.state, c.state]).toEqual(['stopped', 'stopped'])
    expect(log.slice(-2)).toEqual(['stop c', 'stop b'])
  })

  it('whose place cannot be taken go on, supervised, and keep their place', async () => {
    class Faulty {
      constructor() {
        throw new Error('no key')
      }
    }
    const log: string[] = []
    const [a, b, elsewhere] = ['a', 'b', 'c'].map((label) => new Worker(label, log)) as [
      Worker,
      Worker,
      Worker
    ]
    const pool = new Supervisor([a, b], AT_ONCE)
    await Promise.all([pool.start(), elsewhere.start()])
    log.length = 0
    for (const other of [null, 5, 'a', Promise.resolve(), pool, b, elsewhere, Faulty])
      expect(await rejection(pool.replace(0, other as object))).toMatchObject(
        other === Faulty ? { cause: { message: 'no key' } } : { code: 'KEEL_INVALID_OPTION' }
      )
    expect(log).toEqual([])
    a.crash(new Error('boom'))
    await settle()
    expect([a.state, b.state, pool.state]).toEqual(['running', 'running', 'running'])
    await pool.stop()
    expect(log).toEqual(['stop a', 'start a', 'stop b', 'stop a'])
    await elsewhere.stop()
  })

  it('that are removed while they make room let go of the one that was to come', async () => {
    const [a, c] = [new Worker('a'), new Worker('c')]
    const pool = new Supervisor([a], AT_ONCE)
    await pool.start()
    const [, replaced] = await Promise.allSettled([pool.remove(a), pool.replace(0, c)])
    expect(replaced).toMatchObject({ status: 'rejected', reason: { code: 'KEEL_UNKNOWN_TOKEN' } })
    await pool.add(c)
    expect([a.state, c.state]).toEqual(['stopped', 'running'])
    await pool.stop()
  })

  it('that are replaced by two at once, or removed meanwhile, make room for one, and none is lost', async () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((label) => new Worker(label)) as [
      Worker,
      Worker,
      Worker,
      Worker
    ]
    const pool = new Supervisor([a], AT_ONCE)
    await pool.start()
    const twice = await Promise.allSettled([pool.replace(0, b), pool.replace(0, c)])
    expect(twice).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'KEEL_UNKNOWN_TOKEN' } }
    ])
    const once = await Promise.allSettled([pool.remove(b), pool.replace(0, d)])
    expect(once).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'KEEL_UNKNOWN_TOKEN' } }
    ])
    expect([a, b, c, d].map(({ state }) => state)).toEqual(['stopped', 'stopped', 'init', 'init'])
    await pool.stop()
  })

  it('while it starts, by itself and by another at once, leave nothing running of which it knows no more', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((label) => new Worker(label)) as [Worker, Worker, Worker]
    const pool = new Supervisor([a, b], AT_ONCE)
    let replaced: Promise<PromiseSettledResult<void>[]> | undefined
    a.state$.subscribe(({ state }) => {
      if (state === 'starting') replaced = Promise.allSettled([pool.replace(0, a), pool.replace(0, c)])
    })
    await pool.start()
    expect(await replaced).toMatchObject([
      { status: 'rejected', reason: { code: 'KEEL_START_ABORTED' } },
      { status: 'fulfilled' }
    ])
    expect([a, b, c].map(({ state }) => state)).toEqual(['stopped', 'running', 'running'])
    await pool.stop()
    expect([a, b, c].map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  it('that are replaced while they are started run in its place, in their turn', async () => {
    const log: string[] = []
    const [first, a, b, c, d] = ['first', 'a', 'b', 'c', 'd'].map((label) => new Worker(label, log)) as [
      Worker,
      Worker,
      Worker,
      Worker,
      Worker
    ]
    const slow = new Journal().service('Slow', { onStart: takes(1000) })
    const pool = new Supervisor([first, new slow(), a, b], AT_ONCE)
    const app = await createTestApplication(pool).create()
    const started = app.start()
    await app.clock.advance('500ms')
    await Promise.all([pool.replace(0, c), pool.replace(2, d)])
    await started
    expect([first, a, b, c, d].map(({ state }) => state)).toEqual([
      'stopped',
      'init',
      'running',
      'running',
      'running'
    ])
    expect(log).toEqual(['start first', 'stop first', 'start c', 'start d', 'start b'])
    await app.stop()
    expect(log.slice(5)).toEqual(['stop b', 'stop d', 'stop c'])
  })

  it('may be classes, which it constructs and answers for as for any other', async () => {
    @Service()
    class Clerk {
      readonly context = inject(ServiceContext)
    }
    @Service()
    class Office {
      async onStart({ addChild }: ServiceContext): Promise<void> {
        await addChild(pool)
      }
    }
    class Guard extends ServiceBase {}
    const pool = new Supervisor([Guard], AT_ONCE)
    const app = await createTestApplication(Office).start()
    await pool.add(Clerk)
    const handles = app.service(Office).children[0]!.children
    expect(handles.map(({ name }) => name)).toEqual(['Office/Supervisor/Guard', 'Office/Supervisor/Clerk'])
    for (const handle of handles) handle.crash(new Error('boom'))
    await app.clock.settle()
    expect(handles).toMatchObject([
      { state: 'running', restartCount: 1 },
      { state: 'running', restartCount: 1 }
    ])
    await app[Symbol.asyncDispose]()
  })

  it('by the thousand are stopped in linear time', async () => {
    const measure = async (count: number): Promise<number> => {
      const pool = new Supervisor([], AT_ONCE)
      await pool.start()
      for (let index = 0; index < count; index++) await pool.add(new Worker('w'))
      const begun = performance.now()
      await pool.stop()
      return performance.now() - begun
    }
    await measure(1000)
    const [small, large] = [await measure(1000), await measure(10_000)]
    expect(large).toBeLessThan(40 * Math.max(small, 5))
  }, 120_000)

  it('by the thousand come, crash and go without a trace', async () => {
    const pool = new Supervisor([], { maxRestarts: Infinity, ...AT_ONCE })
    await pool.start()
    const workers: Worker[] = []
    for (let index = 0; index < 3000; index++) {
      const worker = new Worker('w')
      workers.push(worker)
      await pool.add(worker)
      if (index % 3 === 0) worker.crash(new Error('boom'))
      if (index % 2 === 0) await pool.remove(workers[index >> 1]!)
    }
    await settle()
    const states = workers.map(({ state }) => state)
    expect(states.filter((state) => state === 'running')).toHaveLength(1500)
    await pool.stop()
    // Some crashed, and were taken out before they could restart.
    expect(new Set(workers.map(({ state }) => state))).toEqual(new Set(['crashed', 'stopped']))
    expect(await rejection(pool.remove(workers[0]!))).toMatchObject({ code: 'KEEL_UNKNOWN_TOKEN' })
  }, 120_000)
})

describe('replacement', () => {
  it('supplies the instance that runs in place of the one that crashed', async () => {
    const log: string[] = []
    const seen: unknown[] = []
    const [a, b] = [new Worker('a', log), new Worker('b', log)]
    const replacement = (old: object, index: number): Worker => {
      seen.push([(old as Worker).label, index])
      return new Worker(`${(old as Worker).label}'`, log)
    }
    const pool = new Supervisor([a, b], { replacement, ...AT_ONCE })
    await pool.start()
    b.crash(new Error('boom'))
    await settle()
    expect(seen).toEqual([['b', 1]])
    expect(b.state).toBe('crashed')
    expect(log).toEqual(['start a', 'start b', 'stop b', "start b'"])
    await pool.stop()
    expect(log.slice(-2)).toEqual(["stop b'", 'stop a'])
  })

  it('is itself replaced when it crashes, backoff growing from one to the next', async () => {
    const made: Worker[] = [new Worker('0')]
    const replacement = (): Worker => {
      const next = new Worker(String(made.length))
      made.push(next)
      return next
    }
    const { app } = await owned([made[0]!], { replacement, backoff: { initial: '1s', jitter: 0 } })
    for (const delay of ['1s', '2s', '4s']) {
      made.at(-1)!.crash(new Error('boom'))
      const before = made.length
      await app.clock.advance(delay)
      expect(made).toHaveLength(before + 1)
      expect(made.at(-1)!.state).toBe('running')
    }
    await app[Symbol.asyncDispose]()
  })

  it('that gives the same instance keeps it', async () => {
    const a = new Worker('a')
    const pool = new Supervisor([a], { replacement: (service) => service, ...AT_ONCE })
    await pool.start()
    a.crash(new Error('boom'))
    await settle()
    expect(a.state).toBe('running')
    await pool.stop()
  })

  it('that fails counts as another crash', async () => {
    const a = new Worker('a')
    const replacement = vi.fn(() => Promise.reject(new Error('none left')))
    const pool = new Supervisor([a], { replacement, maxRestarts: 2, ...AT_ONCE })
    await pool.start()
    a.crash(new Error('boom'))
    expect(await rejection(pool.waitUntilStopped())).toMatchObject({ cause: { message: 'none left' } })
    expect(replacement).toHaveBeenCalledTimes(2)
  })
})

describe('a Supervisor among the children of a service', () => {
  it('restarts its services without touching the owner, and tells the application', async () => {
    const a = new Worker('a')
    const { app, handle } = await owned([a], AT_ONCE)
    app.events.clear()
    a.crash(new Error('boom'))
    await app.clock.settle()
    expect(a.state).toBe('running')
    expect(app.events.ofType('supervisor.restarting')).toMatchObject([
      { supervisor: 'Owner/pool', service: 'Owner/pool/Worker' }
    ])
    expect([handle.name, handle.path]).toEqual(['Owner/pool', `${app.name}/Owner/pool`])
    await app[Symbol.asyncDispose]()
  })

  it('that gives up crashes the owner, and so the application, with the same error', async () => {
    const a = new Worker('a')
    const { app, pool } = await owned([a], { maxRestarts: 0, ...AT_ONCE })
    a.crash(new Error('boom'))
    const reason = await rejection(app.waitUntilStopped())
    expect(reason).toBeInstanceOf(MaxRestartsExceededError)
    expect(await rejection(pool.waitUntilStopped())).toBe(reason)
  })

  it('stands under another: the outer restarts the inner when it gives up', async () => {
    const a = new Worker('a')
    const inner = new Supervisor([a], { maxRestarts: 1, ...AT_ONCE })
    const outer = new Supervisor([inner], { maxRestarts: 1, ...AT_ONCE })
    await outer.start()
    for (let crash = 0; crash < 3; crash++) {
      a.crash(new Error('boom'))
      await settle()
      expect([a.state, inner.state, outer.state]).toEqual(['running', 'running', 'running'])
    }
    a.crash(new Error('boom'))
    const reason = await rejection(outer.waitUntilStopped())
    expect(reason).toMatchObject({ cause: { cause: { message: 'boom' } } })
    expect([a.state, inner.state, outer.state]).toEqual(['crashed', 'crashed', 'crashed'])
  })
})

describe('a class that extends Supervisor', () => {
  it('has its hooks to itself: without super, a new run restarts as ever, with a whole budget', async () => {
    class Pool extends Supervisor {
      starts = 0
      onStart(): void {
        this.starts++
      }
      onStop(): void {}
    }
    const a = new Worker('a')
    const pool = new Pool([a], { maxRestarts: 1, ...AT_ONCE })
    const outer = new Supervisor([pool], AT_ONCE)
    await outer.start()
    for (let crash = 0; crash < 3; crash++) {
      a.crash(new Error('boom'))
      await settle()
      expect([a.state, pool.state]).toEqual(['running', 'running'])
    }
    expect(pool.starts).toBe(2)
    await outer.stop()
  })

  it('ends a backoff as soon as it is to stop, whatever its onStop waits for', async () => {
    class Pool extends Supervisor {
      onStop({ clock }: ServiceContext): Promise<void> {
        return new Promise((resolve) => clock.setTimeout(resolve, 1000))
      }
    }
    const a = new Worker('a')
    const pool = new Pool([a])
    const app = await createTestApplication(pool).start()
    a.crash(new Error('boom'))
    await app.clock.advance(0)
    expect(a.state).toBe('backoff')
    const stopped = app.stop()
    await app.clock.advance(0)
    expect([a.state, pool.state]).toEqual(['stopped', 'stopping'])
    await stopped
  })
})

describe('the work of a supervised service', () => {
  it('that takes it out of its own supervisor is not made to wait for itself', async () => {
    class Leaver extends ServiceBase {
      gone = false
      @Task() async leave(): Promise<void> {
        await pool.remove(this)
        this.gone = true
      }
    }
    const leaver = new Leaver()
    const pool = new Supervisor([leaver], AT_ONCE)
    await pool.start()
    await settle()
    expect([leaver.gone, leaver.state, pool.state]).toEqual([true, 'stopped', 'running'])
    await pool.stop()
  })

  it('that puts another in its own place, or in that of its owner, is not made to wait for itself', async () => {
    class Leaver extends ServiceBase {
      readonly #within: boolean
      constructor(within: boolean) {
        super()
        this.#within = within
        if (within) void this.addChild(new Leaver(false))
      }
      @Task() async giveWay(): Promise<void> {
        if (this.#within !== nested) await pool.replace(0, heir)
      }
    }
    const heir = new Worker('heir')
    let nested = false
    let pool: Supervisor
    for (nested of [false, true]) {
      const first = new Leaver(true)
      pool = new Supervisor([first], AT_ONCE)
      await pool.start()
      await settle()
      expect([first.state, heir.state]).toEqual(['stopped', 'running'])
      await pool.remove(heir)
      await pool.stop()
    }
  })

  it('that puts in its own place what fails to start leaves that there, crashed, and the log tells why', async () => {
    class Broken extends ServiceBase {
      onStart(): void {
        throw new Error('no start')
      }
    }
    let go!: () => void
    const started = new Promise<void>((resolve) => (go = resolve))
    class Leaver extends ServiceBase {
      @Task() async giveWay(): Promise<void> {
        await started
        await pool.replace(0, new Broken())
      }
    }
    const { app, pool, handle } = await owned([new Leaver()], AT_ONCE)
    go()
    await settle()
    expect(handle.children.map(String)).toEqual(['<Owner/pool/Broken: crashed>'])
    const told = app.logs.find(({ msg }) => msg === 'replacement failed')
    expect(told).toMatchObject({ service: 'Owner/pool', err: { code: 'KEEL_START_FAILED' } })
    await app.stop()
    await app[Symbol.asyncDispose]()
  })

  it('that would put in its own place what cannot be there is told, and runs on', async () => {
    class Leaver extends ServiceBase {
      error: unknown
      @Task() async giveWay(): Promise<void> {
        this.error = await rejection(pool.replace(0, Promise.resolve()))
      }
    }
    const leaver = new Leaver()
    const pool = new Supervisor([leaver], AT_ONCE)
    await pool.start()
    await settle()
    expect(leaver.error).toMatchObject({ code: 'KEEL_INVALID_OPTION' })
    expect(leaver.state).toBe('running')
    await pool.stop()
  })

  it('ends with its piece of work: a normal end, not restarted', async () => {
    const done: string[] = []
    const piece = ServiceBase.from(
      async () => {
        done.push('once')
      },
      { name: 'Import' }
    )
    const pool = new Supervisor([piece], AT_ONCE)
    await pool.start()
    await settle()
    expect([piece.name, piece.state, pool.state]).toEqual(['Supervisor/Import', 'stopped', 'running'])
    expect(done).toEqual(['once'])
    await pool.stop()
  })
})

describe('tasks of children', () => {
  it('are not done while one is about to come back, nor before one that comes late has begun', async () => {
    let runs = 0
    class Import extends ServiceBase {
      @Task() async run(): Promise<void> {
        if (++runs === 1) throw new Error('boom')
        await this.sleep('1s')
      }
    }
    class Late extends ServiceBase {
      async onStart(): Promise<void> {
        await this.sleep('1s')
      }
      @Task() async run(): Promise<void> {
        await this.sleep('1s')
      }
    }
    const { app, pool } = await owned([new Import()], { backoff: { initial: '1s', jitter: 0 } })
    const isDone = async (): Promise<boolean> => {
      let done = false
      void inside(app)
        .life.whenTasksDone()
        .then(() => (done = true))
      await app.clock.settle()
      return done
    }
    expect(await isDone()).toBe(false)
    await app.clock.advance('1500ms')
    expect(runs).toBe(2)
    expect(await isDone()).toBe(false)
    await app.clock.advance('1s')
    expect(await isDone()).toBe(true)
    const adding = pool.add(new Late())
    await app.clock.settle()
    expect(await isDone()).toBe(false)
    await app.clock.advance('1s')
    await adding
    expect(await isDone()).toBe(false)
    await app.clock.advance('1s')
    expect(await isDone()).toBe(true)
    await app.stop()
  })

  it('of the application’s own context are not done either while one is about to come back', async () => {
    let runs = 0
    class Import extends ServiceBase {
      @Task() async run(): Promise<void> {
        if (++runs === 1) throw new Error('boom')
        await this.sleep('1s')
      }
    }
    @Injectable()
    class Plain {
      constructor(readonly context: ServiceContext) {}
    }
    @Service()
    class User {
      readonly plain = inject(Plain)
    }
    const app = await createTestApplication(User).start()
    await app
      .get(Plain)
      .context.addChild(new Supervisor([new Import()], { backoff: { initial: '1s', jitter: 0 } }))
    await app.clock.settle()
    let done = false
    void inside(app)
      .life.whenTasksDone()
      .then(() => (done = true))
    await app.clock.advance('1500ms')
    expect([runs, done]).toEqual([2, false])
    await app.clock.advance('1s')
    expect(done).toBe(true)
    await app.stop()
  })

  it('that are none any more when one of them is back are done', async () => {
    class Broken extends ServiceBase {
      runs = 0
      onStarted({ crash }: ServiceContext): void {
        if (++this.runs === 1) setImmediate(() => crash(new Error('boom')))
      }
    }
    const { app } = await owned([new Broken()], { backoff: { initial: '1s', jitter: 0 } })
    await settle()
    let done = false
    void inside(app)
      .life.whenTasksDone()
      .then(() => (done = true))
    await app.clock.settle()
    expect(done).toBe(false)
    await app.clock.advance('1s')
    expect(done).toBe(true)
    await app.stop()
  })
})
