import { describe, expect, it, vi } from 'vitest'
import {
  inject,
  LifecycleError,
  Service,
  ServiceBase,
  ServiceContext,
  StopError,
  Task,
  type Class,
  type TaskHandle
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { never, rejection } from '../app/journal.js'
import { inside } from '../app/inside.js'
import { idle } from './idle.js'

const start = (root: Class): Promise<TestApplication> => createTestApplication(root).start()

/** Errors that nobody handled while `work` ran. */
async function unhandledIn(work: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
  try {
    await work()
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.removeListener('unhandledRejection', note)
    for (const other of others) process.on('unhandledRejection', other)
  }
  return unhandled
}

describe('a task that throws', () => {
  it.each([
    ['at once', () => Promise.reject(new Error('boom'))],
    [
      'synchronously',
      () => {
        throw new Error('boom')
      }
    ],
    [
      'later',
      async ({ sleep }: ServiceContext) => {
        await sleep('1s')
        throw new Error('boom')
      }
    ]
  ])('%s crashes its service', async (_when, body) => {
    @Service({ restart: 'temporary' })
    class Worker {
      onReady({ addTask }: ServiceContext): void {
        addTask(body, { name: 'work' })
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(app.service(Worker)).toMatchObject({ state: 'crashed', crashReason: { message: 'boom' } })
    expect(app.events.ofType('task.failed')).toMatchObject([{ service: 'Worker', task: 'work' }])
  })

  it('before its service runs fails the start', async () => {
    const error = new Error('boom')
    @Service()
    class Worker {
      @Task() work(): Promise<void> {
        return Promise.reject(error)
      }
      async onStarted({ stopRequested }: ServiceContext): Promise<void> {
        await stopRequested()
      }
    }
    const failure = await rejection(start(Worker))
    expect(failure).toMatchObject({ name: 'StartError', service: 'Worker', phase: 'work', cause: error })
  })

  it('does not crash it when it is to be logged', async () => {
    @Service()
    class Worker {
      @Task({ onError: 'log' }) async work(): Promise<void> {
        throw new Error('boom')
      }
    }
    const app = await start(Worker)
    await app.clock.settle()
    expect(app.service(Worker).state).toBe('running')
    expect(app.service(Worker).tasks).toMatchObject([
      { name: 'work', kind: 'task', state: 'failed', errors: 1, lastError: { message: 'boom' } }
    ])
    const lines = app.logs.filter(({ level, service }) => level === 50 && service === 'Worker')
    expect(lines).toMatchObject([{ err: { message: 'boom' } }])
  })

  it('three at once: one stop, the first is the reason, no error is lost', async () => {
    const errors = ['one', 'two', 'three'].map((text) => new Error(text))
    let begin!: () => void
    const go = new Promise<void>((resolve) => (begin = resolve))
    const stops = vi.fn()
    @Service()
    class Worker {
      onStop(): void {
        stops()
      }
      @Task() async one(): Promise<void> {
        await go
        throw errors[0]
      }
      @Task() async two(): Promise<void> {
        await go
        throw errors[1]
      }
      @Task() async three(): Promise<void> {
        await go
        throw errors[2]
      }
    }
    const app = await start(Worker)
    const stopped = app.waitUntilStopped()
    begin()
    expect(await rejection(stopped)).toBe(errors[0])
    expect(stops).toHaveBeenCalledOnce()
    const failure = (await rejection(inside(app).life.lastStop())) as StopError
    expect(failure.errors).toEqual([errors[1], errors[2]])
    expect(failure.failures.map(({ service, phase }) => `${service} ${phase}`)).toEqual([
      'Worker two',
      'Worker three'
    ])
    expect(app.events.ofType('task.failed').map(({ error }) => error)).toEqual(errors)
    expect(app.events.ofType('service.crashed')).toHaveLength(1)
  })

  it('while the service stops is gathered with the errors of the stop', async () => {
    const error = new Error('while stopping')
    @Service()
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
        throw error
      }
    }
    const app = await start(Worker)
    const failure = (await rejection(app.stop())) as StopError
    expect(failure.errors).toEqual([error])
    expect(failure.failures).toMatchObject([{ service: 'Worker', phase: 'work' }])
    expect(app.service(Worker).state).toBe('stopped')
  })

  it('late, long after another crash, is not lost', async () => {
    const late = new Error('late')
    @Service()
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
        throw new Error('first')
      }
      @Task() async slow({ stopRequested, clock }: ServiceContext): Promise<void> {
        await stopRequested()
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 5000))
        throw late
      }
    }
    const app = await start(Worker)
    await app.clock.advance('6s')
    expect(((await rejection(inside(app).life.lastStop())) as StopError).errors).toEqual([late])
  })

  it('with something that is no error crashes with that very thing', async () => {
    for (const thrown of ['text', undefined, null, 0, { code: 7 }]) {
      @Service({ restart: 'temporary' })
      class Worker {
        @Task() async work({ sleep }: ServiceContext): Promise<void> {
          await sleep('1s')
          throw thrown
        }
      }
      const app = await start(Worker)
      const ended = rejection(app.service(Worker).waitUntilStopped())
      await app.clock.advance('1s')
      expect(await ended).toBe(thrown)
      expect(app.service(Worker).state).toBe('crashed')
    }
  })
})

describe('a task that is to end', () => {
  it('and rejects with an AbortError of any make ended normally', async () => {
    @Service()
    class Worker {
      @Task() async own({ signal }: ServiceContext): Promise<void> {
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        })
      }
      @Task() async nodes({ stopRequested }: ServiceContext): Promise<void> {
        await stopRequested()
        throw Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })
      }
      @Task() async webs({ stopRequested }: ServiceContext): Promise<void> {
        await stopRequested()
        throw new DOMException('aborted', 'AbortError')
      }
    }
    const app = await start(Worker)
    await app.stop()
    expect(app.service(Worker).tasks.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect(app.events.ofType('task.failed')).toEqual([])
  })

  it('an AbortError before it is to end is an error like any other', async () => {
    @Service({ restart: 'temporary' })
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
        throw new DOMException('aborted', 'AbortError')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(app.service(Worker).state).toBe('crashed')
  })

  it('and ignores the abort is left behind after its limit, and named', async () => {
    @Service({ stopTimeout: '3s' })
    class Worker {
      @Task() deaf(): Promise<void> {
        return never()
      }
    }
    const app = await start(Worker)
    const begun = app.clock.monotonic()
    const failure = (await rejection(app.stop())) as StopError
    expect(app.clock.monotonic() - begun).toBe(3000)
    expect(failure.errors).toMatchObject([{ code: 'KEEL_STOP_TIMEOUT', service: 'Worker' }])
    expect(String(failure.errors[0])).toContain('Worker: its task deaf did not end within 3s')
    expect(app.service(Worker).tasks).toMatchObject([{ name: 'deaf', state: 'running' }])
  })

  it('several that do so are named together', async () => {
    @Service({ stopTimeout: '3s' })
    class Worker {
      @Task() deaf(): Promise<void> {
        return never()
      }
      @Task() async good({ stopRequested }: ServiceContext): Promise<void> {
        await stopRequested()
      }
      @Task({ name: 'blind' }) second(): Promise<void> {
        return never()
      }
    }
    const app = await start(Worker)
    const failure = (await rejection(app.stop())) as StopError
    expect(String(failure.errors[0])).toContain('its tasks deaf, blind did not end')
  })

  it('sees its service and what it needs alive until it has ended', async () => {
    const states: string[] = []
    @Service()
    class Store {}
    @Service({ inject: [Store] })
    class Worker {
      constructor(readonly store: Store) {}
      @Task() async work({ sleep, clock }: ServiceContext): Promise<void> {
        await sleep('1h')
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 2000))
        states.push(app.service(Store).state)
      }
    }
    const app = await start(Worker)
    await app.stop()
    expect(states).toEqual(['running'])
  })

  it('which stops its own service is not waited for by itself, and goes on', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      @Task() async work({ sleep, stop }: ServiceContext): Promise<void> {
        await sleep('1s')
        await stop('enough')
        lines.push(`after stop: ${app.service(Worker).state}`)
      }
      onShutdown(): void {
        lines.push('shut down')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(lines).toEqual(['after stop: stopping', 'shut down'])
    expect(app.service(Worker).state).toBe('stopped')
    expect(app.state).toBe('running')
  })

  it('which stops the application is not waited for by itself', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
        await app.stop()
        lines.push('after stop')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.waitUntilStopped()
    expect(lines).toEqual(['after stop'])
    expect(app.state).toBe('stopped')
  })

  it('which stops what its service needs is not waited for by itself', async () => {
    const lines: string[] = []
    @Service()
    class Store {}
    @Service({ inject: [Store] })
    class Worker {
      constructor(readonly store: Store) {}
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
        await app.service(Store).stop()
        lines.push('after stop')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(lines).toEqual(['after stop'])
    expect(app.services.map(String)).toEqual(['<Store: stopped>', '<Worker: stopped>'])
  })

  it('which waits for its own end is told at once that it cannot', async () => {
    let failure: unknown
    @Service()
    class Worker {
      @Task() async work({ waitUntilStopped }: ServiceContext): Promise<void> {
        failure = await rejection(waitUntilStopped())
      }
    }
    const app = await start(Worker)
    expect(failure).toMatchObject({ code: 'KEEL_SELF_WAIT', service: 'Worker' })
    await app.stop()
  })

  it('which waits for the end of the owner of its service is told so too', async () => {
    let failure: unknown
    @Service()
    class Owner {
      async onStart(owner: ServiceContext): Promise<void> {
        class Child extends ServiceBase {
          onStart(): void {
            this.addTask(async () => void (failure = await rejection(owner.waitUntilStopped())))
          }
        }
        await owner.addChild(new Child())
      }
    }
    const app = await start(Owner)
    await app.idle()
    expect(failure).toMatchObject({ code: 'KEEL_SELF_WAIT', service: 'Owner' })
    await app.stop()
  })

  it('which restarts its own service goes on, and begins anew', async () => {
    let calls = 0
    @Service()
    class Worker {
      @Task() async work({ sleep, restart }: ServiceContext): Promise<void> {
        calls++
        await sleep('1s')
        if (calls === 1) await restart()
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    expect(calls).toBe(2)
    expect(app.service(Worker)).toMatchObject({ state: 'running', restartCount: 1 })
  })
})

describe('a time limit', () => {
  it('of a task is an error when it passes, and aborts the signal of its call alone', async () => {
    let callSignal!: AbortSignal
    let runSignal!: AbortSignal
    @Service()
    class Worker {
      onStart({ signal }: ServiceContext): void {
        runSignal = signal
      }
      @Task({ timeout: '5s', onError: 'log' }) async work({ signal, sleep }: ServiceContext): Promise<void> {
        callSignal = signal
        await sleep('1h')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('5s')
    expect(callSignal.aborted).toBe(true)
    expect(runSignal.aborted).toBe(false)
    expect(app.events.ofType('task.failed')).toMatchObject([
      { task: 'work', durationMs: 5000, error: { code: 'KEEL_TASK_TIMEOUT', service: 'Worker' } }
    ])
    expect(app.service(Worker).state).toBe('running')
  })

  it('crashes the service unless it is to be logged', async () => {
    @Service({ restart: 'temporary' })
    class Worker {
      @Task({ timeout: '5s' }) async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('5s')
    expect(app.service(Worker)).toMatchObject({
      state: 'crashed',
      crashReason: { code: 'KEEL_TASK_TIMEOUT' }
    })
  })

  it('that passed is not asked twice: what the task comes to afterwards is only logged', async () => {
    @Service()
    class Worker {
      @Task({ timeout: '5s', onError: 'log' }) async work({ clock }: ServiceContext): Promise<void> {
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 8000))
        throw new Error('too late')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('7s')
    expect(app.service(Worker).tasks).toMatchObject([{ state: 'failed', errors: 1 }])
    await app.clock.advance('1s')
    expect(app.events.ofType('task.failed')).toHaveLength(1)
    expect(
      app.logs.filter((line) => (line['err'] as Error | undefined)?.message === 'too late')
    ).toHaveLength(1)
    expect(app.clock.pending.count).toBe(0)
  })
})

describe('tasks', () => {
  it('begin at each start in the order of definition, after onStart and before onStarted', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      onStart(): void {
        lines.push('onStart')
      }
      @Task() second(): void {
        lines.push('second')
      }
      @Task() async first(): Promise<void> {
        lines.push('first')
      }
      onStarted(): void {
        lines.push('onStarted')
      }
    }
    const app = await start(Worker)
    expect(lines).toEqual(['onStart', 'second', 'first', 'onStarted'])
    lines.length = 0
    await app.service(Worker).restart()
    expect(lines).toEqual(['onStart', 'second', 'first', 'onStarted'])
  })

  it('that return leave their service running, and are not called again', async () => {
    let calls = 0
    @Service()
    class Worker {
      @Task() async work(): Promise<void> {
        calls++
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1h')
    expect(calls).toBe(1)
    expect(app.service(Worker).state).toBe('running')
    expect(app.service(Worker).tasks).toMatchObject([{ name: 'work', state: 'done', runs: 1 }])
  })

  it('are inherited; an override that is decorated replaces, one that is not drops', async () => {
    const lines: string[] = []
    class Base {
      @Task() kept(): void {
        lines.push('kept')
      }
      @Task() replaced(): void {
        lines.push('base')
      }
      @Task() dropped(): void {
        lines.push('dropped')
      }
    }
    @Service()
    class Worker extends Base {
      @Task() override replaced(): void {
        lines.push('own')
      }
      override dropped(): void {
        lines.push('dropped')
      }
    }
    await start(Worker)
    expect(lines).toEqual(['kept', 'own'])
  })

  it('stay ordinary methods', async () => {
    @Service()
    class Worker {
      @Task() async work(context?: ServiceContext): Promise<string> {
        return context === undefined ? 'by hand' : 'as a task'
      }
    }
    expect(await new Worker().work()).toBe('by hand')
  })

  it('tell of themselves in events', async () => {
    @Service()
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('2s')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('2s')
    expect(app.events.ofType('task.started')).toMatchObject([{ service: 'Worker', task: 'work' }])
    expect(app.events.ofType('task.finished')).toMatchObject([
      { service: 'Worker', task: 'work', durationMs: 2000 }
    ])
  })

  it('wait their turn at stop: a stop waits for all of them', async () => {
    const ended: string[] = []
    @Service()
    class Worker {
      @Task() async slow({ sleep, clock }: ServiceContext): Promise<void> {
        await sleep('1h')
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 3000))
        ended.push('slow')
      }
      @Task() async fast({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
        ended.push('fast')
      }
      onShutdown(): void {
        ended.push('onShutdown')
      }
    }
    const app = await start(Worker)
    await app.stop()
    expect(ended).toEqual(['fast', 'slow', 'onShutdown'])
  })
})

describe('work that is added', () => {
  it('gives its value to whoever awaits it', async () => {
    const { context } = await idle()
    expect(await context.addTask(async () => 42)).toBe(42)
  })

  it('throws to whoever awaits it what it threw, and crashes the service', async () => {
    const { app, context, service } = await idle()
    const error = new Error('boom')
    const handle = context.addTask(() => Promise.reject(error))
    expect(await rejection(Promise.resolve(handle))).toBe(error)
    expect(await rejection(app.waitUntilStopped())).toBe(error)
    expect(app.service(service).crashReason).toBe(error)
  })

  it('never causes an unhandled rejection, though nobody awaits it', async () => {
    const unhandled = await unhandledIn(async () => {
      const { app, context } = await idle()
      context.addTask(() => Promise.reject(new Error('logged')), { onError: 'log' })
      context.addTask(() => Promise.reject(new Error('crash')))
      context.addTimer('1s', () => Promise.reject(new Error('timer')), { onError: 'crash' })
      await app.clock.advance('1s')
      await rejection(app.waitUntilStopped())
    })
    expect(unhandled).toEqual([])
  })

  it('of which somebody awaited a part is no unhandled rejection for the others', async () => {
    const unhandled = await unhandledIn(async () => {
      const { app, context } = await idle()
      const handle = context.addTask(() => Promise.reject(new Error('boom')), { onError: 'log' })
      expect(await handle.then(undefined, (error: unknown) => (error as Error).message)).toBe('boom')
      await app.stop()
    })
    expect(unhandled).toEqual([])
  })

  it('in onStart begins after it, in onReady at once, though nothing is declared', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      async onStart({ addTask }: ServiceContext): Promise<void> {
        addTask(async () => void lines.push('added in onStart'))
        await Promise.resolve()
        lines.push('end of onStart')
      }
      onReady({ addTask }: ServiceContext): void {
        addTask(async () => void lines.push('added in onReady'))
        lines.push('end of onReady')
      }
    }
    await start(Worker)
    expect(lines).toEqual(['end of onStart', 'added in onStart', 'added in onReady', 'end of onReady'])
  })

  it('before the start begins with it, and with every run', async () => {
    let calls = 0
    class Worker extends ServiceBase {}
    const worker = new Worker()
    const handle = worker.addTask(async () => ++calls)
    expect(handle.snapshot).toMatchObject({ kind: 'added', state: 'waiting', runs: 0 })
    await worker.start()
    expect(await handle).toBe(1)
    await worker.restart()
    expect(calls).toBe(2)
    expect(await handle).toBe(1)
    await worker.stop()
  })

  it('during a run is gone with it', async () => {
    let calls = 0
    const { app, context, service } = await idle()
    context.addTask(async () => void calls++)
    await app.service(service).restart()
    expect(calls).toBe(1)
  })

  it('is listed while it runs, and let go when it has settled', async () => {
    const { app, context, service } = await idle()
    context.addTask(async ({ sleep }) => sleep('1s'), { name: 'import' })
    expect(app.service(service).tasks).toMatchObject([
      { name: 'import', kind: 'added', state: 'running', runs: 1 }
    ])
    await app.clock.advance('1s')
    expect(app.service(service).tasks).toEqual([])
  })

  it('by the thousand leaves nothing behind', async () => {
    const { app, context, service } = await idle()
    for (let index = 0; index < 5000; index++) context.addTask(async () => index)
    await app.clock.settle()
    expect(app.service(service).tasks).toEqual([])
  })

  it('of one name is numbered', async () => {
    const { app, context, service } = await idle()
    for (let index = 0; index < 3; index++) context.addTask(({ sleep }) => sleep('1s'), { name: 'import' })
    expect(app.service(service).tasks.map(({ name }) => name)).toEqual(['import', 'import#2', 'import#3'])
  })

  it('has a name of its own, also where names are chosen that look like numbered ones', async () => {
    const { app, context, service } = await idle()
    const namesOf = (): string[] => app.service(service).tasks.map(({ name }) => name)
    for (const name of ['a', 'a#2', 'a', 'b', 'b', 'b#2', 'b#2', 'c#1', 'c'])
      context.addTask(({ sleep }) => sleep(name === 'a#2' ? '1s' : '2s'), { name })
    expect(namesOf()).toEqual(['a', 'a#2', 'a#3', 'b', 'b#2', 'b#2#2', 'b#2#3', 'c#1', 'c'])
    await app.clock.advance('1s')
    context.addTask(({ sleep }) => sleep('1s'), { name: 'a' })
    expect(namesOf()).toEqual(['a', 'a#3', 'b', 'b#2', 'b#2#2', 'b#2#3', 'c#1', 'c', 'a#2'])
  })

  it('of one name has it anew in each run, and once those before have ended', async () => {
    @Service()
    class Worker {
      onStart({ addTask, addTimer }: ServiceContext): void {
        addTask(({ sleep }) => sleep('1s'), { name: 'import' })
        addTimer('1s', () => {}, { name: 'poll' })
        addTimer('1s', () => {}, { name: 'poll' })
      }
      @Task() async import({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
      }
    }
    const app = await start(Worker)
    const names = (): string[] => app.service(Worker).tasks.map(({ name }) => name)
    for (let run = 1; run < 4; run++) {
      expect(names()).toEqual(['import', 'import#2', 'poll', 'poll#2'])
      await app.service(Worker).restart()
    }
    await app.stop()

    const { app: other, context } = await idle()
    for (let job = 0; job < 3; job++) {
      const handle = context.addTask(async () => job, { name: 'job' })
      expect(handle.name).toBe('job')
      await other.clock.settle()
    }
    const sleeping = [1, 2, 3].map((hours) =>
      context.addTask(({ sleep }) => sleep(`${hours}h`), { name: 'job' })
    )
    await other.clock.advance('2h')
    expect(context.addTask(async () => {}, { name: 'job' }).name).toBe('job')
    expect(context.addTask(async () => {}, { name: 'job' }).name).toBe('job#2')
    expect(context.addTask(async () => {}, { name: 'job' }).name).toBe('job#4')
    expect(sleeping.map(({ name }) => name)).toEqual(['job', 'job#2', 'job#3'])
  })

  it('leaves its name to the next when it is cancelled before it has begun', async () => {
    const names: string[] = []
    @Service()
    class Worker {
      async onStart({ addTask }: ServiceContext): Promise<void> {
        for (let attempt = 0; attempt < 3; attempt++) {
          const handle = addTask(async () => {}, { name: 'import' })
          names.push(handle.name)
          await handle.cancel()
        }
      }
    }
    const app = await start(Worker)
    expect(names).toEqual(['import', 'import', 'import'])
    await app.stop()
  })

  it('can be cancelled alone', async () => {
    const { app, context, service } = await idle()
    let slept: boolean | undefined
    const handle = context.addTask(async ({ sleep }) => (slept = await sleep('1h')))
    await handle.cancel()
    expect(slept).toBe(false)
    expect(app.service(service)).toMatchObject({ state: 'running', tasks: [] })
  })

  it('can be cancelled while it waits to be told to stop', async () => {
    const { app, context, service } = await idle()
    const lines: string[] = []
    const handle = context.addTask(async ({ stopRequested }) => {
      await stopRequested()
      lines.push('told')
    })
    void context.stopRequested().then(() => lines.push('the run ends'))
    await handle.cancel()
    expect(lines).toEqual(['told'])
    expect(app.service(service)).toMatchObject({ state: 'running', tasks: [] })
  })

  it('that has ended hears of the end of the run, not of its own', async () => {
    const { app, context, service } = await idle()
    const lines: string[] = []
    const handle = context.addTask(async ({ stopRequested }) => {
      void stopRequested().then(() => lines.push('told'))
    })
    await handle
    await app.clock.settle()
    expect(lines).toEqual([])
    await app.service(service).stop()
    expect(lines).toEqual(['told'])
  })

  it('is no generator, which would do nothing', async () => {
    const { context } = await idle()
    const generator = async function* (): AsyncIterable<number> {
      yield 1
    }
    for (const add of [
      () => context.addTask(generator as never),
      () => context.addTimer('1s', generator),
      () => context.addCron('0 3 * * *', generator)
    ])
      expect(add).toThrow(/KEEL_INVALID_OPTION: what add\w+\(\) of \w+ is given is a generator/)
  })

  it('can cancel itself without waiting for itself', async () => {
    const { app, context, service } = await idle()
    const handle = context.addTask(async ({ signal, sleep }): Promise<boolean> => {
      await sleep(1)
      await handle.cancel()
      return signal.aborted
    })
    await app.clock.advance(1)
    expect(await handle).toBe(true)
    expect(app.service(service)).toMatchObject({ state: 'running', tasks: [] })
  })

  it('is awaited when other work of its service cancels it', async () => {
    const { app, context } = await idle()
    const lines: string[] = []
    const handle = context.addTask(async ({ sleep, clock }) => {
      await sleep('1h')
      await new Promise<void>((resolve) => {
        clock.setTimeout(resolve, 100)
      })
      lines.push('ended')
    })
    context.addTask(async () => {
      await handle.cancel()
      lines.push('cancelled')
    })
    await app.clock.advance(100)
    expect(lines).toEqual(['ended', 'cancelled'])
  })

  it('that is cancelled before the start never begins', async () => {
    const body = vi.fn(async () => {})
    class Worker extends ServiceBase {}
    const worker = new Worker()
    const handle = worker.addTask(body)
    await handle.cancel()
    await worker.start()
    await worker.restart()
    await worker.stop()
    expect(body).not.toHaveBeenCalled()
    expect(await rejection(Promise.resolve(handle))).toMatchObject({ name: 'AbortError' })
  })

  it('that never began because the start failed says so to whoever awaits it', async () => {
    let handle!: TaskHandle<number>
    @Service()
    class Worker {
      onStart({ addTask }: ServiceContext): void {
        handle = addTask(async () => 1)
        throw new Error('boom')
      }
    }
    await rejection(start(Worker))
    expect(await rejection(Promise.resolve(handle))).toMatchObject({ name: 'AbortError' })
  })

  it('of which nothing became because the application was disposed says so to whoever awaits it', async () => {
    @Service()
    class Worker {
      readonly context = inject(ServiceContext)
      readonly handle = this.context.addTask(async () => 1)
    }
    const app = await createTestApplication(Worker).create()
    const { handle, context } = app.get(Worker)
    await app[Symbol.asyncDispose]()
    expect(await rejection(Promise.resolve(handle))).toMatchObject({
      code: 'KEEL_DISPOSED',
      service: 'Worker'
    })
    expect(() => context.addTask(async () => 1)).toThrow('KEEL_DISPOSED')
  })

  it.each([
    ['is no function', [Promise.resolve()], 'KEEL_INVALID_OPTION'],
    ['has an option that there is not', [async () => 1, { timeuot: '1s' }], 'KEEL_INVALID_OPTION'],
    [
      'has an option that is none of its words',
      [async () => 1, { onError: 'ignore' }],
      'KEEL_INVALID_OPTION'
    ],
    ['has no time at all', [async () => 1, { timeout: 0 }], 'KEEL_INVALID_OPTION'],
    ['has a name that is none', [async () => 1, { name: '' }], 'KEEL_INVALID_OPTION'],
    ['has a limit that is no duration', [async () => 1, { timeout: 'soon' }], 'KEEL_INVALID_DURATION']
  ])('is refused at once, without harm to the service, when it %s', async (_what, given, code) => {
    const { app, context, service } = await idle()
    const addTask = context.addTask as unknown as (...given: readonly unknown[]) => unknown
    expect(() => addTask(...given)).toThrow(expect.objectContaining({ code }) as Error)
    expect(app.service(service).state).toBe('running')
    expect(app.service(service).tasks).toEqual([])
  })

  it('is refused while the service stops or has crashed', async () => {
    const failures: unknown[] = []
    const add = ({ addTask }: ServiceContext): void => {
      try {
        addTask(async () => 1)
      } catch (error) {
        failures.push(error)
      }
    }
    @Service()
    class Worker {
      onStop(context: ServiceContext): void {
        add(context)
      }
    }
    const app = await start(Worker)
    await app.stop()
    expect(failures).toMatchObject([{ code: 'KEEL_ILLEGAL_TRANSITION', service: 'Worker' }])
    expect(failures[0]).toBeInstanceOf(LifecycleError)
  })

  it('may itself add work', async () => {
    const { context } = await idle()
    const value = await context.addTask(async ({ addTask }) => (await addTask(async () => 20)) + 1)
    expect(value).toBe(21)
  })
})
