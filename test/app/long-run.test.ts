import { queryObjects } from 'node:v8'
import { expect, it } from 'vitest'
import {
  createApplication,
  Cron,
  HealthCheck,
  inject,
  Module,
  Service,
  ServiceBase,
  ServiceContext,
  Supervisor,
  Task,
  Timer
} from 'keelson'
import { TestClock } from 'keelson/testing'

/** Objects that are alive: exact, where the size of the heap also tells of the code that V8 compiles meanwhile. */
function objectsAlive(): number {
  return queryObjects(Object, { format: 'count' })
}

class Visitor extends ServiceBase {
  onStart(): void {
    this.addTask(({ sleep }) => sleep('5m'))
  }
}

@Service()
class Store {
  rows = 0
  onStart({ use, defer }: ServiceContext): void {
    use({ [Symbol.dispose]: () => void (this.rows = 0) })
    defer(() => {})
  }
}

/** Does a bit of everything, day and night, and crashes at three. */
@Service()
class Busy {
  readonly #store = inject(Store)
  readonly #far = new Promise<void>(() => {})
  readonly lived = { rounds: 0, visitors: 0, nights: 0 }
  #pool!: Supervisor

  async onStart({ addChild }: ServiceContext): Promise<void> {
    this.#pool = new Supervisor([], { backoff: false, maxRestarts: Infinity })
    await addChild(this.#pool)
  }

  @Timer('4h') async round(context: ServiceContext): Promise<void> {
    const { sleep, wait, waitFirst, addTask, setStatus, activity, signal } = context
    this.lived.rounds++
    setStatus(`round ${this.lived.rounds}`)
    await sleep('1m')
    await wait(this.#far, { timeout: '1m' })
    await waitFirst([this.#far, () => Promise.resolve()])
    await activity('counting', async () => void this.#store.rows++)
    await addTask(() => Promise.resolve(this.lived.rounds))
    signal.addEventListener('abort', () => {}, { once: true })
    if (this.lived.rounds % 2 === 0) throw new Error('every other round fails')
  }

  @Cron('30 12 * * *', { timezone: 'America/New_York', jitter: '10m' }) async visit(
    context: ServiceContext
  ): Promise<void> {
    const visitor = new Visitor()
    await this.#pool.add(visitor)
    this.lived.visitors++
    visitor.crash(new Error('lost its way'))
    await context.sleep('1m')
    await this.#pool.remove(visitor)
  }

  @Cron('0 3 * * *') nightly({ crash }: ServiceContext): void {
    this.lived.nights++
    crash(new Error('every night'))
  }

  @Task() async listen({ interval }: ServiceContext): Promise<void> {
    for await (const tick of interval('12h')) if (tick.signal.aborted) break
  }
}

it('leaves memory flat over a year of timers, crons, tasks, children, crashes and restarts', async () => {
  @Module({ providers: [Store, Busy], supervisor: { strategy: 'one-for-all', maxRestarts: Infinity } })
  class Root {}
  const clock = new TestClock()
  const app = await createApplication(Root, { clock, logger: false })
  await app.start()
  const busy = app.get(Busy)
  const days = async (count: number): Promise<void> => {
    for (let day = 0; day < count; day++) await clock.advance('1d')
  }
  await days(35)
  const before = objectsAlive()
  const timers = clock.pending.count
  await days(330)
  expect(objectsAlive() - before).toBeLessThan(150)
  expect(clock.pending.count).toBe(timers)
  expect(busy.lived).toEqual({ rounds: expect.any(Number) as number, visitors: 365, nights: 365 })
  expect(busy.lived.rounds).toBeGreaterThan(4 * 365)
  const handle = app.service(Busy)
  expect(handle).toMatchObject({ state: 'running', restartCount: 365 })
  expect(handle.tasks.map(({ name }) => name)).toEqual(['round', 'visit', 'nightly', 'listen'])
  expect(handle.children.flatMap((pool) => pool.children)).toEqual([])
  await app[Symbol.asyncDispose]()
  expect(clock.pending.count).toBe(0)
}, 300_000)

it('what waits for the end of the run keeps nothing of the call that it was left behind by', async () => {
  class Held {
    readonly bytes = new Uint8Array(1)
  }
  @Service()
  class Host {
    readonly context = inject(ServiceContext)
    told = 0
  }
  await using app = await createApplication(Host, { logger: false, clock: new TestClock() })
  await app.start()
  const host = app.get(Host)
  const tell = (): number => host.told++
  for (let n = 0; n < 50; n++) {
    const held = new Held()
    await host.context.addTask(async ({ stopRequested }) => {
      void stopRequested().then(tell)
      return held.bytes
    })
  }
  await new Promise(setImmediate)
  expect(queryObjects(Held, { format: 'count' })).toBeLessThan(5)
  await app.stop()
  expect(host.told).toBe(50)
})

it('a health check that hangs keeps nothing of those who ask for it again and again', async () => {
  @Service()
  class Db {
    @HealthCheck({ timeout: 1 }) ping(): Promise<void> {
      return new Promise(() => {})
    }
  }
  const clock = new TestClock()
  await using app = await createApplication(Db, { logger: false, clock })
  await app.start()
  const ask = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) {
      const asked = app.checkHealth()
      await clock.advance(1)
      await asked
    }
  }
  await ask(20)
  const before = objectsAlive()
  await ask(300)
  expect(objectsAlive() - before).toBeLessThan(100)
})

it('a class that was made for one create() is not kept', async () => {
  @Service()
  class Db {}
  await using app = await createApplication(Db, { logger: false, clock: new TestClock() })
  const classes: WeakRef<object>[] = []
  for (let n = 0; n < 50; n++) {
    class Repository {
      readonly db = inject(Db)
    }
    expect(app.create(Repository).db).toBe(app.get(Db))
    classes.push(new WeakRef(Repository))
    // what a WeakRef was made of lives until the turn is over
    await new Promise(setImmediate)
  }
  // collects, to count
  objectsAlive()
  await new Promise(setImmediate)
  objectsAlive()
  expect(classes.filter((one) => one.deref() !== undefined).length).toBeLessThan(5)
})
