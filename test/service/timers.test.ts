import { describe, expect, it, vi } from 'vitest'
import {
  Cron,
  inject,
  Service,
  ServiceContext,
  Task,
  Timer,
  type Class,
  type Duration,
  type StopError,
  type Tick
} from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { rejection, takes } from '../app/journal.js'
import { idle } from './idle.js'

const start = (root: Class): Promise<TestApplication> => createTestApplication(root).start()

describe('a wall clock set back between two runs of a service', () => {
  it('repeats no slot of a cron, declared or added', async () => {
    @Service()
    class Worker {
      readonly slots: string[] = []
      readonly context = inject(ServiceContext)
      constructor() {
        this.context.addCron('0 * * * *', (_context, tick) => this.note('added', tick))
      }
      @Cron('0 * * * *') toll(_context: ServiceContext, tick: Tick): void {
        this.note('declared', tick)
      }
      note(which: string, tick: Tick): void {
        this.slots.push(`${which} ${tick.scheduledAt.toISOString().slice(11, 16)}`)
      }
    }
    const clock = new TestClock('2026-05-04T09:59:59Z')
    const app = await createTestApplication(Worker, { clock }).start()
    await clock.advance('1s')
    const { slots } = app.get(Worker)
    await app.service(Worker).stop()
    clock.setTime('2026-05-04T09:59:58Z')
    await app.service(Worker).start()
    await clock.advance('10s')
    expect(slots.toSorted()).toEqual(['added 10:00', 'declared 10:00'])
    await clock.advance('1h')
    expect(slots.toSorted()).toEqual(['added 10:00', 'added 11:00', 'declared 10:00', 'declared 11:00'])
    await app.stop()
  })
})

describe('a body that throws', () => {
  it('is logged, counted and told, and runs again at its next slot', async () => {
    @Service()
    class Worker {
      @Timer('1s') tick(): void {
        throw new Error('boom')
      }
      @Cron('* * * * * *') async toll(): Promise<void> {
        throw new Error('bong')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('3s')
    expect(app.service(Worker).state).toBe('running')
    expect(app.service(Worker).tasks).toMatchObject([
      { name: 'tick', kind: 'timer', runs: 3, errors: 3 },
      { name: 'toll', kind: 'cron', runs: 3, errors: 3 }
    ])
    expect(app.events.ofType('timer.failed')).toHaveLength(3)
    expect(app.events.ofType('cron.failed')).toMatchObject(
      Array.from({ length: 3 }, () => ({ service: 'Worker', task: 'toll', error: { message: 'bong' } }))
    )
    const errors = app.logs.filter(({ level, service }) => level === 50 && service === 'Worker')
    expect(errors).toHaveLength(6)
  })

  it('so often in a row as it may crashes the service, with the last error', async () => {
    const errors: Error[] = []
    @Service({ restart: 'temporary' })
    class Worker {
      @Timer('1s', { failAfter: 3 }) tick(): void {
        const error = new Error(`boom ${errors.length}`)
        if (errors.push(error) !== 2) throw error
      }
    }
    const app = await start(Worker)
    await app.clock.advance('4s')
    expect(app.service(Worker).state).toBe('running')
    await app.clock.advance('1s')
    expect(app.service(Worker).state).toBe('crashed')
    expect(app.service(Worker).crashReason).toBe(errors[4])
    await app.clock.advance('1m')
    expect(errors).toHaveLength(5)
  })

  it('crashes the service at once when it is to', async () => {
    const error = new Error('boom')
    @Service()
    class Worker {
      @Cron('*/10 * * * *', { onError: 'crash' }) async toll(): Promise<void> {
        throw error
      }
    }
    const app = await start(Worker)
    await app.clock.advance('10m')
    expect(await rejection(app.waitUntilStopped())).toBe(error)
  })

  it('because it takes too long is one event, and what it throws later a line in the log', async () => {
    const error = new Error('in its own way')
    @Service()
    class Worker {
      @Timer('1s', { timeout: '500ms' }) async tick({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
        throw error
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1500ms')
    expect(app.service(Worker).tasks).toMatchObject([{ errors: 1 }])
    expect(app.events.ofType('timer.failed')).toMatchObject([
      {
        error: {
          code: 'KEEL_TASK_TIMEOUT',
          service: 'Worker',
          message: expect.stringContaining('timer tick of Worker took longer than 500ms') as string
        }
      }
    ])
    expect(app.logs.at(-1)).toMatchObject({
      msg: 'timer tick failed after its time was up',
      err: { message: error.message }
    })
    await app.stop()
  })

  it('because it takes too long counts as running until it settles', async () => {
    let calls = 0
    @Service()
    class Worker {
      @Timer('1s', { timeout: '500ms' }) async tick({ clock }: ServiceContext): Promise<void> {
        calls++
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 2500))
      }
    }
    const app = await start(Worker)
    await app.clock.advance('3s')
    expect(calls).toBe(1)
    expect(app.events.ofType('timer.failed')).toMatchObject([{ error: { code: 'KEEL_TASK_TIMEOUT' } }])
    await app.clock.advance('1s')
    expect(calls).toBe(2)
  })

  it('ends the signal, sleep and waits of its own call when its time is up, and says why', async () => {
    const ends: unknown[] = []
    const reasons: unknown[] = []
    @Service()
    class Worker {
      @Timer('10s', { timeout: '1s' }) async tick(context: ServiceContext, tick: Tick): Promise<void> {
        const { sleep, wait, signal } = context
        ends.push(await sleep('5s'), await wait(new Promise(() => {})), signal.aborted, tick.signal.aborted)
        reasons.push(context.stopReason, (signal.reason as Error).cause)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('11s')
    expect(ends).toEqual([false, { status: 'stopped' }, true, true])
    const why = { kind: 'stop', detail: { code: 'KEEL_TASK_TIMEOUT' } }
    expect(reasons).toMatchObject([why, why])
    expect(app.service(Worker).state).toBe('running')
  })
})

describe('options that depend on the instance', () => {
  it('are read at each start', async () => {
    let enabled = false
    let every = '1s'
    let runs = 0
    @Service()
    class Worker {
      get every(): string {
        return every
      }
      @Timer((self: Worker) => self.every, { enabled: () => enabled }) tick(): void {
        runs++
      }
    }
    const app = await start(Worker)
    await app.clock.advance('10s')
    expect(runs).toBe(0)
    enabled = true
    await app.service(Worker).restart()
    await app.clock.advance('10s')
    expect(runs).toBe(10)
    every = '5s'
    await app.clock.advance('10s')
    expect(runs).toBe(20)
    await app.service(Worker).restart()
    await app.clock.advance('10s')
    expect(runs).toBe(22)
  })

  it.each([Promise.resolve(false), 'no', undefined])(
    'that say neither that it is on nor that it is off fail the start: %o',
    async (enabled) => {
      @Service()
      class Declared {
        @Timer('1s', { enabled: () => enabled as never }) tick(): void {}
      }
      @Service()
      class Adding {
        onStart({ addCron }: ServiceContext): void {
          addCron('* * * * *', () => {}, { enabled: () => enabled as never })
        }
      }
      for (const [root, what] of [
        [Declared, '@Timer of Declared.tick'],
        [Adding, 'addCron() of Adding']
      ] as const) {
        const message = expect.stringContaining(`enabled of ${what} must be true or false`) as string
        expect(await rejection(start(root))).toMatchObject({
          name: 'StartError',
          cause: { code: 'KEEL_INVALID_OPTION', message }
        })
      }
    }
  )

  it('that are async fail the start, and with nothing else', async () => {
    const failing = async (): Promise<never> => {
      await Promise.resolve()
      throw new Error('unhandled')
    }
    @Service()
    class Worker {
      @Timer('1s', { enabled: failing as never }) tick(): void {}
    }
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    try {
      expect(await rejection(start(Worker))).toMatchObject({ cause: { code: 'KEEL_INVALID_OPTION' } })
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled).not.toHaveBeenCalled()
    } finally {
      process.off('unhandledRejection', unhandled)
    }
  })

  it('that make no sense fail the start, naming the method', async () => {
    @Service()
    class Timers {
      @Timer(() => 'now and then') tick(): void {}
    }
    expect(await rejection(start(Timers))).toMatchObject({
      name: 'StartError',
      service: 'Timers',
      cause: { code: 'KEEL_INVALID_DURATION', message: expect.stringContaining('Timers.tick') as string }
    })
    @Service()
    class Crons {
      @Cron(() => '61 * * * *') tick(): void {}
    }
    expect(await rejection(start(Crons))).toMatchObject({
      service: 'Crons',
      cause: { code: 'KEEL_INVALID_CRON' }
    })
  })

  it('a cron that names no zone runs by that of the application', async () => {
    const runs: string[] = []
    @Service()
    class Worker {
      @Cron('0 8 * * *') local({ clock }: ServiceContext): void {
        runs.push(`local ${new Date(clock.now()).toISOString()}`)
      }
      @Cron('0 8 * * *', { timezone: 'Asia/Tokyo' }) tokyo({ clock }: ServiceContext): void {
        runs.push(`tokyo ${new Date(clock.now()).toISOString()}`)
      }
    }
    const clock = new TestClock('2026-01-01T00:00:00Z')
    const app = await createTestApplication(Worker, { clock, timezone: 'Europe/Berlin' }).start()
    await app.clock.advance('1d')
    expect(runs).toEqual(['local 2026-01-01T07:00:00.000Z', 'tokyo 2026-01-01T23:00:00.000Z'])
  })
})

describe('timers and crons of a service', () => {
  it('give the method the context of this call, and the tick', async () => {
    const seen: unknown[] = []
    const contexts = new Set<ServiceContext>()
    @Service()
    class Worker {
      @Timer('1s') tick(context: ServiceContext, tick: Tick): void {
        contexts.add(context)
        seen.push([
          context.name,
          tick.iteration,
          tick.missed,
          tick.scheduledAt.getTime(),
          tick.startedAt.getTime()
        ])
      }
    }
    const app = await start(Worker)
    const begun = app.clock.now()
    await app.clock.advance('2s')
    expect(seen).toEqual([
      ['Worker', 1, 0, begun + 1000, begun + 1000],
      ['Worker', 2, 0, begun + 2000, begun + 2000]
    ])
    expect(contexts.size).toBe(2)
  })

  it('may be several on one method, each with a name and counters of its own', async () => {
    let runs = 0
    @Service()
    class Worker {
      @Timer('1s')
      @Timer('3s', { name: 'slow' })
      @Cron('* * * * *')
      tick(): void {
        runs++
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1m')
    expect(runs).toBe(60 + 20 + 1)
    const counted = app.service(Worker).tasks.map((task) => [task.name, task.kind, task.runs])
    expect(counted).toHaveLength(3)
    expect(counted).toEqual(
      expect.arrayContaining([
        ['slow', 'timer', 20],
        ['tick', expect.stringMatching(/timer|cron/), expect.any(Number)],
        ['tick#2', expect.stringMatching(/timer|cron/), expect.any(Number)]
      ])
    )
  })

  it('are inherited, replaced by an override that is decorated, dropped by one that is not', async () => {
    const lines: string[] = []
    class Base {
      @Timer('1s') kept(): void {
        lines.push('kept')
      }
      @Timer('1s') replaced(): void {
        lines.push('base')
      }
      @Timer('1s') dropped(): void {
        lines.push('dropped')
      }
    }
    @Service()
    class Worker extends Base {
      @Timer('2s') override replaced(): void {
        lines.push('own')
      }
      override dropped(): void {
        lines.push('dropped')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('2s')
    expect(lines.toSorted()).toEqual(['kept', 'kept', 'own'])
  })

  it.each([
    ['skip', [1000, 4000, 7000], 4],
    ['queue', [1000, 3500, 6000, 8500], 4],
    ['allow', [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000], 0],
    ['cancel', [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000], 0]
  ] as const)('a body that outlasts its slot follows the rule: %s', async (overlap, expected, missed) => {
    const starts: number[] = []
    @Service()
    class Worker {
      @Timer('1s', { overlap }) async tick({ clock, sleep }: ServiceContext): Promise<void> {
        starts.push(clock.monotonic())
        await sleep('2500ms')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('9s')
    expect(starts).toEqual(expected)
    // Those that the call under way covers are counted when it ends.
    expect(app.service(Worker).tasks[0]!.missed).toBe(missed)
  })

  it('run immediately when they are to, and not again before the interval', async () => {
    const starts: number[] = []
    @Service()
    class Worker {
      @Timer('10s', { immediate: true }) tick({ clock }: ServiceContext): void {
        starts.push(clock.monotonic())
      }
    }
    const app = await start(Worker)
    await app.clock.advance('25s')
    expect(starts).toEqual([0, 10_000, 20_000])
  })

  it('keep to their slots: the thousandth is due at a thousand intervals', async () => {
    const starts: number[] = []
    @Service()
    class Worker {
      @Timer('1s') async tick({ clock, sleep }: ServiceContext): Promise<void> {
        starts.push(clock.monotonic())
        await sleep(3)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1000s')
    expect(starts).toHaveLength(1000)
    expect(starts.at(-1)).toBe(1_000_000)
  })

  it('show their counters in the handle', async () => {
    @Service()
    class Worker {
      @Timer('10s') async tick({ sleep }: ServiceContext): Promise<void> {
        await sleep('2s')
      }
    }
    const app = await start(Worker)
    const begun = app.clock.now()
    expect(app.service(Worker).tasks).toMatchObject([
      { name: 'tick', kind: 'timer', state: 'waiting', runs: 0, nextDueAt: begun + 10_000 }
    ])
    await app.clock.advance('11s')
    expect(app.service(Worker).tasks).toMatchObject([
      { state: 'running', startedAt: begun + 10_000, runs: 1 }
    ])
    await app.clock.advance('2s')
    expect(app.service(Worker).tasks).toMatchObject([
      { state: 'waiting', runs: 1, missed: 0, errors: 0, lastDurationMs: 2000, nextDueAt: begun + 20_000 }
    ])
  })

  it('show what the last run threw, until one ends well', async () => {
    const error = new Error('no such host')
    @Service()
    class Worker {
      @Timer('1s') tick(_: ServiceContext, { iteration }: Tick): void {
        if (iteration === 1) throw error
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(app.service(Worker).tasks[0]).toMatchObject({ errors: 1, lastError: error })
    await app.clock.advance('1s')
    expect(app.service(Worker).tasks[0]).toMatchObject({ errors: 1 })
    expect(app.service(Worker).tasks[0]).not.toHaveProperty('lastError')
  })

  it('tell of each run, and of what they missed', async () => {
    @Service()
    class Worker {
      @Timer('1s') async tick({ sleep }: ServiceContext): Promise<void> {
        await sleep('1500ms')
      }
    }
    const app = await start(Worker)
    const begun = app.clock.now()
    await app.clock.advance('2500ms')
    expect(app.events.ofType('timer.ran')).toMatchObject([
      { service: 'Worker', task: 'tick', scheduledAt: begun + 1000, latenessMs: 0, durationMs: 1500 }
    ])
    expect(app.events.ofType('timer.missed')).toMatchObject([
      { service: 'Worker', task: 'tick', scheduledAt: begun + 2000, missed: 1 }
    ])
  })

  it('begin anew with each run of the service', async () => {
    const starts: number[] = []
    @Service()
    class Worker {
      @Timer('10s') tick({ clock }: ServiceContext): void {
        starts.push(clock.monotonic())
      }
    }
    const app = await start(Worker)
    await app.clock.advance('15s')
    await app.service(Worker).restart()
    expect(app.service(Worker).tasks).toMatchObject([{ runs: 0 }])
    await app.clock.advance('10s')
    expect(starts).toEqual([10_000, 25_000])
  })
})

describe('a cron', () => {
  it('says at its start when it is next due, in which zone', async () => {
    @Service()
    class Worker {
      @Cron('30 2 * * *', { timezone: 'America/New_York' }) nightly(): void {}
    }
    const clock = new TestClock('2026-03-07T12:00:00Z')
    const app = await createTestApplication(Worker, { clock }).start()
    expect(app.logs.map((line) => line.msg)).toContain(
      'nightly is next due 2026-03-08T07:00:00Z, 2026-03-09T06:30:00Z, 2026-03-10T06:30:00Z ' +
        '(30 2 * * * in America/New_York)'
    )
  })
})

describe('a stop', () => {
  it('lets no further call begin, and wakes a timer that sleeps at once', async () => {
    let runs = 0
    @Service()
    class Worker {
      @Timer('1s') tick(): void {
        runs++
      }
      async onStop(context: ServiceContext): Promise<void> {
        await takes(5000)(context)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1500ms')
    const begun = app.clock.monotonic()
    await app.stop()
    expect(app.clock.monotonic() - begun).toBe(5000)
    expect(runs).toBe(1)
    expect(app.clock.pending.count).toBe(0)
  })

  it('waits for the call under way, whose signal aborts', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      @Timer('1s') async tick({ sleep, clock, signal }: ServiceContext, tick: Tick): Promise<void> {
        lines.push(`slept: ${await sleep('1h')}, ${signal.aborted}, ${tick.signal.aborted}`)
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 3000))
        lines.push('end of call')
      }
      onShutdown(): void {
        lines.push('onShutdown')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.stop()
    expect(lines).toEqual(['slept: false, true, true', 'end of call', 'onShutdown'])
  })

  it('names a call that ignores the abort', async () => {
    @Service({ stopTimeout: '2s' })
    class Worker {
      @Timer('1s', { name: 'deaf' }) tick(): Promise<void> {
        return new Promise(() => {})
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    const failure = (await rejection(app.stop())) as StopError
    expect(String(failure.errors[0])).toContain('its timer deaf did not end within 2s')
  })

  it('names what it is beside a task that ignores it too', async () => {
    @Service({ stopTimeout: '2s' })
    class Worker {
      @Task() blind(): Promise<void> {
        return new Promise(() => {})
      }
      @Timer('1s') deaf(): Promise<void> {
        return new Promise(() => {})
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    const failure = (await rejection(app.stop())) as StopError
    expect(String(failure.errors[0])).toContain('its work blind, deaf did not end within 2s')
  })

  it('of a service that crashes lets its timers begin no call either', async () => {
    let runs = 0
    @Service({ restart: 'temporary', stopTimeout: '1m' })
    class Worker {
      @Timer('1s') tick(): void {
        runs++
      }
      async onStop(context: ServiceContext): Promise<void> {
        await takes(5000)(context)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    app.crash(Worker, new Error('boom'))
    await app.clock.advance('1m')
    expect(runs).toBe(1)
  })
})

describe('a drain', () => {
  it('lets no timer or cron begin, declared or added, nor one that is added now', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      onStart({ addTimer, addCron }: ServiceContext): void {
        addTimer('1s', () => void lines.push('added timer'))
        addCron('* * * * * *', () => void lines.push('added cron'))
      }
      @Timer('1s') tick(): void {
        lines.push('timer')
      }
      async onDrain(context: ServiceContext): Promise<void> {
        lines.push('drain')
        context.addTimer('1s', () => void lines.push('added late'))
        await takes(5000)(context)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.stop()
    expect(lines.slice(0, -1).toSorted()).toEqual(['added cron', 'added timer', 'timer'])
    expect(lines.at(-1)).toBe('drain')
  })

  it('lets the call under way go on, its signal not yet aborted', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      @Timer('1s') async tick({ sleep, draining, signal }: ServiceContext): Promise<void> {
        await sleep('3s')
        lines.push(`draining ${draining.aborted}, signal ${signal.aborted}`)
      }
      async onDrain(context: ServiceContext): Promise<void> {
        await takes(4000)(context)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.stop()
    expect(lines).toEqual(['draining true, signal false'])
  })

  it('aborts the draining of a call for its own reason, once', async () => {
    const reasons: unknown[] = []
    @Service()
    class Worker {
      @Timer('1s') async tick(context: ServiceContext): Promise<void> {
        const { draining } = context
        draining.addEventListener('abort', () => reasons.push(draining.reason))
        await takes(4000)(context)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.stop('enough')
    expect(reasons).toMatchObject([{ name: 'AbortError', cause: { kind: 'stop', detail: 'enough' } }])
  })

  it('comes for a call at the latest with its signal, also when the call alone ends', async () => {
    const seen: unknown[] = []
    let late: ServiceContext | undefined
    @Service()
    class Worker {
      @Timer('1s', { timeout: 100 }) async tick({ signal, draining, sleep }: ServiceContext): Promise<void> {
        signal.addEventListener('abort', () => seen.push(draining.aborted))
        await sleep('1h')
        seen.push(draining.reason)
      }
      @Timer('1s') quick(context: ServiceContext): void {
        late = context
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1100ms')
    expect(seen).toMatchObject([true, { name: 'AbortError', code: 'ABORT_ERR' }])
    expect(late?.draining.aborted).toBe(true)
    await app.stop()
  })
})

describe('timers and crons that are added', () => {
  it('are refused at once when they make no sense', async () => {
    const failures: unknown[] = []
    @Service()
    class Worker {
      onReady({ addTimer, addCron }: ServiceContext): void {
        for (const add of [
          () => addTimer('soon', () => {}),
          () => addTimer(-1, () => {}),
          () => addCron('never', () => {}),
          () => addCron('0 8 * * *', () => {}, { timezone: 'Mars/Olympus' }),
          () => addTimer('1s', undefined as never),
          () => addCron('0 8 * * *', 'work' as never),
          () => addTimer('1s', () => {}, { evry: '2s' } as object),
          () => addTimer('1s', () => {}, { enabled: 'no' as never }),
          () =>
            addTimer(
              () => 'soon',
              () => {}
            )
        ]) {
          try {
            add()
          } catch (error) {
            failures.push((error as { code: string }).code)
          }
        }
      }
    }
    const app = await start(Worker)
    expect(failures).toEqual([
      'KEEL_INVALID_DURATION',
      'KEEL_INVALID_DURATION',
      'KEEL_INVALID_CRON',
      'KEEL_INVALID_CRON',
      'KEEL_INVALID_OPTION',
      'KEEL_INVALID_OPTION',
      'KEEL_INVALID_OPTION',
      'KEEL_INVALID_OPTION',
      'KEEL_INVALID_DURATION'
    ])
    expect(app.service(Worker).tasks).toEqual([])
  })

  it('do not run while they are not enabled, which is read at each start, as is when they run', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      readonly context = inject(ServiceContext)
      pace: Duration = '1s'
      isOn = false
      constructor() {
        const { addTimer, addCron } = this.context
        addTimer('1s', () => void lines.push('never'), { enabled: false })
        addTimer(
          () => this.pace,
          () => void lines.push('timer'),
          { enabled: () => this.isOn }
        )
        addCron(
          (self: Worker) => (self.pace === '1s' ? '* * * * * *' : '*/2 * * * * *'),
          () => void lines.push('cron')
        )
      }
    }
    const app = await start(Worker)
    await app.clock.advance('2s')
    expect(lines).toEqual(['cron', 'cron'])
    lines.length = 0
    Object.assign(app.get(Worker), { pace: '2s', isOn: true })
    await app.service(Worker).restart()
    await app.clock.advance('2s')
    expect(lines.toSorted()).toEqual(['cron', 'timer'])
  })

  it('run, are listed while they last, and can be cancelled', async () => {
    let runs = 0
    const { app, context, service } = await idle()
    const handle = context.addTimer('1s', () => void runs++, { name: 'poll' })
    await app.clock.advance('3s')
    expect(app.service(service).tasks).toMatchObject([
      { name: 'poll', kind: 'added', state: 'waiting', runs: 3 }
    ])
    await handle.cancel()
    await app.clock.advance('3s')
    expect(runs).toBe(3)
    expect(app.service(service).tasks).toEqual([])
  })

  it('can be cancelled from within', async () => {
    const { app, context } = await idle()
    const lines: string[] = []
    const handle = context.addTimer('1s', async (_, tick) => {
      lines.push(`run ${tick.iteration}`)
      if (tick.iteration < 2) return
      await handle.cancel()
      lines.push(`cancelled, ${tick.signal.aborted}`)
    })
    await app.clock.advance('5s')
    expect(lines).toEqual(['run 1', 'run 2', 'cancelled, true'])
    expect(await handle).toBeUndefined()
    expect(context.tasks).toEqual([])
    await app.stop()
  })

  it('resolve when their run ends, and throw when they crash it', async () => {
    const { app, context } = await idle()
    const good = context.addTimer('1s', () => {})
    const error = new Error('boom')
    const bad = context.addTimer('5s', () => Promise.reject(error), { onError: 'crash' })
    await app.clock.advance('5s')
    expect(await rejection(Promise.resolve(bad))).toBe(error)
    await rejection(app.waitUntilStopped())
    expect(await good).toBeUndefined()
  })

  it.each([
    ['throws', fails],
    ['rejects', async () => fails()]
  ])('throw what a body %s, though a supervisor restarts the service at once', async (_how, body) => {
    const { app, context, service } = await idle({ supervisor: { backoff: false } })
    const good = context.addTimer('1s', () => {})
    const bad = context.addTimer('5s', body, { onError: 'crash' })
    await app.clock.advance('5s')
    expect(app.service(service)).toMatchObject({ state: 'running', restartCount: 1 })
    expect(await rejection(Promise.resolve(bad))).toMatchObject({ message: 'the body failed' })
    expect(await good).toBeUndefined()
  })
})

function fails(): never {
  throw new Error('the body failed')
}
