import { describe, expect, it } from 'vitest'
import {
  Activity,
  createApplication,
  DependsOn,
  HealthCheck,
  inject,
  Service,
  ServiceBase,
  ServiceContext,
  Task,
  Tick,
  Timer,
  type StopError,
  type WaitResult
} from 'keelson'
import { createTestApplication, createTestContext } from 'keelson/testing'
import { Journal, never, rejection, takes, throws } from '../app/journal.js'

describe('the context of a service', () => {
  it.each([
    [{ overlap: 'queue' }, "interval() of TestService has no option 'overlap'"],
    [{ immediate: 'yes' }, 'immediate of interval() of TestService must be true or false'],
    [{ mode: 'slow' }, 'mode of interval() is "slow"']
  ])('refuses an interval with the options %o at once', (options, message) => {
    expect(() => createTestContext().interval('1s', options as never)).toThrow(message)
  })

  it('gives signals to which any number may listen, and Node takes that for no leak', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    const listen = (...signals: readonly AbortSignal[]): void => {
      for (const signal of signals) for (let n = 0; n < 20; n++) signal.addEventListener('abort', () => {})
    }
    @Service()
    class A {
      async onStart({ signal, draining, wait }: ServiceContext): Promise<void> {
        listen(signal, draining)
        await wait(async (own) => listen(own))
      }
      @Timer('1s') tick({ signal, draining }: ServiceContext, tick: Tick): void {
        listen(signal, draining, tick.signal)
      }
    }
    process.on('warning', warned)
    try {
      await using app = await createTestApplication(A).start()
      await app.clock.advance('1s')
      await new Promise(setImmediate)
    } finally {
      process.off('warning', warned)
    }
    expect(warnings).toEqual([])
  })

  it('gives functions that can be destructured', async () => {
    const seen: unknown[] = []
    const journal = new Journal()
    const child = journal.service('Child')
    @Service()
    class A {
      readonly #context = inject(ServiceContext)
      async onStart(context: ServiceContext): Promise<void> {
        for (const { sleep, wait, waitFirst, waitAll, activity, addTask } of [context, this.#context]) {
          seen.push(await sleep(1))
          seen.push(await wait(Promise.resolve('value')))
          seen.push(await waitFirst([Promise.resolve('first'), new Promise(() => {})]))
          seen.push(await waitAll([Promise.resolve('all')]))
          seen.push(await activity('busy', async () => [...context.activities]))
          const task = addTask(async ({ name }) => name)
          void Promise.resolve(task).then((name) => seen.push(name))
        }
        const { addChild, addTimer, addCron, use, defer, setStatus, interval, log } = context
        await addChild(child)
        addTimer('1s', () => seen.push('timer'))
        addCron('* * * * * *', () => seen.push('cron'))
        use({ [Symbol.dispose]: () => seen.push('used') })
        defer(() => void seen.push('deferred'))
        setStatus('busy')
        for await (const tick of interval('1s')) {
          seen.push(tick.iteration)
          break
        }
        log.info('done')
      }
    }
    const app = await createTestApplication(A).start()
    expect(app.service(A).statusText).toBe('busy')
    await app.clock.advance('1s')
    await app.stop()
    const once = [
      true,
      { status: 'done', value: 'value' },
      { status: 'done', value: { index: 0, value: 'first' } },
      { status: 'done', value: [{ status: 'fulfilled', value: 'all' }] },
      ['busy']
    ]
    expect(seen.slice(0, 11)).toEqual([...once, ...once, 1])
    expect(seen.slice(11).map(String).toSorted()).toEqual(
      ['A', 'A', 'cron', 'deferred', 'timer', 'used'].toSorted()
    )
    expect(seen.slice(-2)).toEqual(['deferred', 'used'])
    expect(app.service(A).statusText).toBe('')
  })

  it('refuses sleeps that are no durations', async () => {
    @Service()
    class A {
      async onStart({ sleep }: ServiceContext): Promise<void> {
        await sleep('soon')
      }
    }
    const error = await rejection(createTestApplication(A).start())
    expect(error).toMatchObject({ cause: { code: 'KEEL_INVALID_DURATION' } })
  })

  it('wakes sleeps and waits when the run ends, by a stop or by a crash', async () => {
    for (const end of ['stop', 'crash'] as const) {
      const seen: unknown[] = []
      @Service()
      class A {
        @Task() async sleeps({ sleep }: ServiceContext): Promise<void> {
          seen.push(await sleep('1h'))
        }
        @Task() async waits({ wait }: ServiceContext): Promise<void> {
          const result: WaitResult<unknown> = await wait((signal) => {
            signal.addEventListener('abort', () => seen.push((signal.reason as Error).name))
            return never()
          })
          seen.push(result)
        }
        @Task() async asks({ stopRequested, stopReason }: ServiceContext): Promise<void> {
          expect(stopReason).toBeUndefined()
          await stopRequested()
          seen.push('requested')
        }
      }
      const app = await createTestApplication(A).start()
      if (end === 'stop') await app.stop()
      else app.crash(A, new Error('boom'))
      await app.clock.settle()
      expect(seen.map((one) => JSON.stringify(one)).toSorted()).toEqual(
        ['"AbortError"', '"requested"', 'false', '{"status":"stopped"}'].toSorted()
      )
      expect(app.clock.monotonic()).toBe(0)
    }
  })

  it('tells in the log what work that a wait had given up fails with later', async () => {
    let fail!: (error: Error) => void
    @Service()
    class A {
      async onStart({ wait }: ServiceContext): Promise<void> {
        await wait(new Promise<never>((_, reject) => (fail = reject)), { timeout: '1s' })
      }
    }
    const app = await createTestApplication(A).start()
    fail(new Error('boom'))
    await app.clock.settle()
    expect(app.logs.filter(({ msg }) => msg.startsWith('work that'))).toMatchObject([
      {
        level: 20,
        service: 'A',
        msg: 'work that wait() had given up failed: Error: boom',
        err: { message: 'boom' }
      }
    ])
  })

  it('given to a call ends with the call; the injected one does not', async () => {
    const seen: unknown[] = []
    let kept!: ServiceContext
    @Service()
    class A {
      readonly context = inject(ServiceContext)
      @Timer('1s') tick(context: ServiceContext): void {
        kept = context
      }
    }
    const app = await createTestApplication(A).start()
    await app.clock.advance('1s')
    seen.push(kept.shouldStop, kept.signal.aborted)
    const [asleep, injected] = [kept.sleep('1s'), app.get(A).context.sleep('1s')]
    await app.clock.advance('1s')
    expect([...seen, await asleep, await injected]).toEqual([true, true, false, true])
  })

  it('is a handle of its service too', async () => {
    const journal = new Journal()
    @Service()
    class A {
      readonly context = inject(ServiceContext)
      async onStart({ addChild, addTask, setStatus }: ServiceContext): Promise<void> {
        await addChild(journal.service('Child'))
        addTask(never, { name: 'stare' })
        setStatus('busy')
      }
    }
    const app = await createTestApplication(A).start()
    const { context } = app.get(A)
    const handle = app.service(A)
    for (const key of [
      'name',
      'path',
      'state',
      'parent',
      'statusText',
      'restartCount',
      'crashReason'
    ] as const) {
      expect(context[key], key).toBe(handle[key])
    }
    expect(context.state$).toBe(handle.state$)
    expect(context.activities).toBe(handle.activities)
    expect(context.children).toEqual(handle.children)
    expect(context.tasks).toEqual(handle.tasks)
    expect(String(context)).toBe('<A: running>')
    expect(await context.maybeStart()).toBe(false)
    const { start, crash, waitUntilStopped } = context
    await expect(start()).rejects.toThrow('A is already running')
    const boom = new Error('boom')
    const ended = rejection(waitUntilStopped())
    crash(boom)
    await app.clock.advance('1m')
    expect(await ended).toBe(boom)
    expect(context.crashReason).toBe(boom)
  })

  it('is one per service, and goes on from run to run', async () => {
    @Service()
    class A {
      readonly context = inject(ServiceContext)
    }
    const app = await createTestApplication(A).start()
    const { context } = app.get(A)
    const { signal } = context
    await context.restart()
    expect(signal.aborted).toBe(true)
    expect(context.signal).not.toBe(signal)
    expect(context).toMatchObject({ restartCount: 1, shouldStop: false, name: 'A', path: 'A/A' })
  })

  it('says what is being done, by activities that may overlap', async () => {
    @Service()
    class A {
      @Activity('reading') async read(context: ServiceContext, ms: number): Promise<string> {
        await takes(ms)(context)
        return 'read'
      }
      @Activity('reading') fail(): never {
        throw new Error('boom')
      }
      readonly context = inject(ServiceContext)
    }
    const app = await createTestApplication(A).start()
    const a = app.get(A)
    const now = (): string[] => [...app.service(A).activities]
    const first = a.read(a.context, 100)
    const second = a.read(a.context, 200)
    const third = a.context.activity('writing', () => takes(50)(a.context) as Promise<unknown>)
    expect(now()).toEqual(['reading', 'writing'])
    await app.clock.advance(100)
    expect(now()).toEqual(['reading'])
    expect(() => a.fail()).toThrow('boom')
    expect(now()).toEqual(['reading'])
    await app.clock.advance(100)
    expect(now()).toEqual([])
    expect(await Promise.all([first, second, third])).toEqual(['read', 'read', undefined])
    await rejection(a.context.activity('failing', () => Promise.reject(new Error('boom'))))
    await rejection(a.context.activity('failing', throws(new Error('boom')) as () => Promise<void>))
    expect(await rejection(a.context.activity('none', 6 as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('activity() of A takes a function, but was given number')
    })
    expect(() => a.context.addTask('read' as never)).toThrow(
      'Give the function where it belongs: addTask(work, options), addTimer(every, work, options)'
    )
    expect(() => a.context.addTask(Promise.resolve() as never)).toThrow('not what a call of it returns')
    expect(await rejection(a.context.activity(null as never, () => Promise.resolve()))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining(
        'the name of activity() of A must be a string that is not empty, but is null'
      )
    })
    expect(now()).toEqual([])
  })

  it('cannot say by @Activity what an object does that is frozen or sealed, which is told', async () => {
    class A {
      constructor() {
        Object.freeze(this)
      }
      @Activity('reading') async read(): Promise<void> {}
    }
    class B extends ServiceBase {
      @Activity('reading') async read(): Promise<void> {}
    }
    const sealed = Object.seal(new B())
    Service()(A)
    const told = {
      name: 'ConfigurationError',
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('.read cannot count its calls: the object is frozen, sealed or not'),
      location: expect.stringContaining('test')
    }
    expect(await rejection(createApplication(A, { logger: false }))).toMatchObject(told)
    expect(await rejection(createApplication(sealed, { logger: false }))).toMatchObject(told)
    expect(() => sealed.name).toThrow('@Activity() of B.read')
  })

  it('takes one line of text about what the service does, until the run ends', async () => {
    @Service()
    class A {
      readonly context = inject(ServiceContext)
    }
    const app = await createTestApplication(A).start()
    const { context } = app.get(A)
    context.setStatus('loading 3 of 7')
    expect(() => context.setStatus(5 as never)).toThrow(
      'what setStatus() of A says must be a string, but is 5'
    )
    expect(app.service(A).statusText).toBe('loading 3 of 7')
    await app.service(A).stop()
    expect(app.service(A).statusText).toBe('')
    await app.service(A).start()
    expect(app.service(A).statusText).toBe('')
  })

  it('tells in events what is being done, as it begins and as it ends, and each new status', async () => {
    @Service()
    class A {
      readonly context = inject(ServiceContext)
      @Activity('reading') async read(): Promise<void> {
        await this.context.sleep('2s')
      }
      @Activity('failing') fail(): never {
        throw new Error('boom')
      }
    }
    const app = await createTestApplication(A).start()
    const a = app.get(A)
    app.events.clear()
    a.context.setStatus('1 of 2')
    a.context.setStatus('1 of 2')
    const reading = a.read()
    await app.clock.advance('2s')
    await reading
    expect(() => a.fail()).toThrow('boom')
    a.context.setStatus('2 of 2')
    const at = (ms: number): number => Date.UTC(2026, 0, 1) + ms
    expect(app.events.all).toEqual([
      { type: 'service.status', at: at(0), service: 'A', text: '1 of 2' },
      { type: 'activity.started', at: at(0), service: 'A', activity: 'reading' },
      { type: 'activity.finished', at: at(2000), service: 'A', activity: 'reading', durationMs: 2000 },
      { type: 'activity.started', at: at(2000), service: 'A', activity: 'failing' },
      {
        type: 'activity.finished',
        at: at(2000),
        service: 'A',
        activity: 'failing',
        durationMs: 0,
        error: new Error('boom')
      },
      { type: 'service.status', at: at(2000), service: 'A', text: '2 of 2' }
    ])
  })

  it('is given to health checks too', async () => {
    const seen: string[] = []
    @Service()
    class A {
      @HealthCheck() check({ name, state }: ServiceContext): void {
        seen.push(`${name} ${state}`)
      }
    }
    const app = await createTestApplication(A).start()
    await app.checkHealth()
    expect(seen).toEqual(['A running'])
  })
})

describe('what a run holds', () => {
  it('is released in reverse, each even when another fails, and what failed is told', async () => {
    const journal = new Journal()
    const [one, two] = [new Error('one'), new Error('two')]
    const a = journal.service('A', {
      onStart({ defer, use }) {
        defer(() => journal.note('first'))
        defer(throws(one) as () => void)
        use({ [Symbol.asyncDispose]: async () => journal.note('used') })
        defer(() => Promise.reject(two))
      },
      onShutdown: () => {}
    })
    const app = await createTestApplication(a).start()
    const error = (await rejection(app.stop())) as StopError
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop', 'used', 'first', 'A.onShutdown'])
    expect(error.failures).toEqual([
      { service: 'A', phase: 'release', error: two },
      { service: 'A', phase: 'release', error: one }
    ])
    expect(error.errors).toEqual([two, one])
  })

  it('that cannot be released in time is named, and the rest is released', async () => {
    const journal = new Journal()
    const a = journal.service('A', {
      onStart({ defer }) {
        defer(() => journal.note('first'))
        defer(never)
      }
    })
    const app = await createTestApplication(a).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([
      { service: 'A', phase: 'release', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(journal.lines.at(-1)).toBe('first')
  })

  it('is released once, after restarts too', async () => {
    const journal = new Journal()
    let run = 0
    const a = journal.service('A', {
      onStart({ use }) {
        const mine = ++run
        use({ [Symbol.dispose]: () => journal.note(`released ${mine}`) })
      }
    })
    const app = await createTestApplication(a).start()
    await app.service(a).restart()
    await app.service(a).restart()
    await app.stop()
    expect(journal.lines.filter((line) => line.startsWith('released'))).toEqual([
      'released 1',
      'released 2',
      'released 3'
    ])
  })

  it('is released when the start fails, after a crash, and when it comes too late', async () => {
    const journal = new Journal()
    let late!: ServiceContext
    const failing = journal.service('Failing', {
      onStart(context) {
        late = context
        context.defer(() => journal.note('released'))
        throw new Error('boom')
      }
    })
    const app = await createTestApplication(failing).create()
    await rejection(app.start())
    expect(journal.take()).toEqual(['Failing.onStart', 'released'])
    late.defer(() => journal.note('released at once'))
    expect(journal.lines).toEqual(['released at once'])

    const crashing = journal.service('Crashing', {
      onStart: ({ defer }) => defer(() => journal.note('released'))
    })
    const other = await createTestApplication(crashing).start()
    journal.take()
    other.crash(crashing, new Error('boom'))
    await other.clock.settle()
    expect(journal.lines).toEqual(['Crashing.onStop', 'released'])
  })

  it('that the constructor took waits for a run that begins, at the latest for disposal', async () => {
    const lines: string[] = []
    let isBroken = true
    @Service()
    class Needed {
      onStart(): void {
        if (isBroken) throw new Error('boom')
      }
    }
    @Service()
    @DependsOn(Needed)
    class A {
      constructor() {
        inject(ServiceContext).defer(() => void lines.push('released'))
      }
    }
    const app = await createTestApplication(A).create()
    await rejection(app.start())
    expect(lines).toEqual([])
    isBroken = false
    await app.start()
    await app.stop()
    expect(lines).toEqual(['released'])
    await app[Symbol.asyncDispose]()
    expect(lines).toEqual(['released'])

    const error = new Error('stuck')
    @Service()
    class Stuck {
      constructor() {
        inject(ServiceContext).defer(() => Promise.reject(error))
      }
    }
    const never = await createTestApplication([A, Stuck]).create()
    expect(await rejection(never[Symbol.asyncDispose]())).toMatchObject({
      failures: [{ service: 'Stuck', phase: 'release', error }]
    })
    expect(lines).toEqual(['released', 'released'])
  })

  it('is released at once after the release, also where nothing was held until then', async () => {
    const journal = new Journal()
    let late!: ServiceContext
    const a = journal.service('A', {
      onShutdown(context) {
        late = context
        context.defer(() => journal.note('taken in onShutdown'))
      }
    })
    const app = await createTestApplication(a).start()
    await app.stop()
    late.use({ [Symbol.dispose]: () => journal.note('taken after the stop') })
    expect(journal.lines).toEqual([
      'A.onStart',
      'A.onStop',
      'A.onShutdown',
      'taken in onShutdown',
      'taken after the stop'
    ])
  })
})

describe('waitForShutdown', () => {
  it('that nobody answers is told when the shutdownTimeout is over, and the rest happens', async () => {
    const journal = new Journal()
    const options = { waitForShutdown: true, shutdownTimeout: '4s' } as const
    const a = journal.service('A', {
      options,
      onShutdown: () => {},
      onStart: ({ defer }) => defer(() => journal.note('released'))
    })
    const app = await createTestApplication(a).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([
      { service: 'A', phase: 'waitForShutdown', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(app.clock.monotonic()).toBe(4000)
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop', 'released', 'A.onShutdown'])
  })

  it('waits at most as long as the application has left', async () => {
    const journal = new Journal()
    const options = { waitForShutdown: true, shutdownTimeout: '1h' } as const
    const app = await createTestApplication(journal.service('A', { options }), {
      shutdownTimeout: '6s'
    }).start()
    await rejection(app.stop())
    expect(app.clock.monotonic()).toBe(6000)
  })

  it('waits, beyond the stopTimeout, until setShutdown is called; tasks are alive meanwhile', async () => {
    const journal = new Journal()
    const options = { waitForShutdown: true, stopTimeout: '1s' } as const
    const a = journal.service('A', {
      options,
      onStart({ addTask }) {
        addTask(async (context) => {
          await context.stopRequested()
          await takes(15_000)(context)
          context.setShutdown()
        })
      },
      onShutdown: takes(900)
    })
    const app = await createTestApplication(a).start()
    await app.stop()
    expect(app.clock.monotonic()).toBe(15_900)
  })

  it('is over at once when setShutdown was called before, and is asked anew in each run', async () => {
    const journal = new Journal()
    let early = true
    const a = journal.service('A', {
      options: { waitForShutdown: true, shutdownTimeout: '2s' },
      onStart({ setShutdown }) {
        if (early) setShutdown()
      }
    })
    const app = await createTestApplication(a).start()
    await app.stop()
    expect(app.clock.monotonic()).toBe(0)
    early = false
    await app.start()
    await rejection(app.stop())
    expect(app.clock.monotonic()).toBe(2000)
  })
})
