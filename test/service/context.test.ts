import { describe, expect, it } from 'vitest'
import { Subject } from 'rxjs'
import { Activity, inject, Service, ServiceContext, Task, Timer, type Class } from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { rejection } from '../app/journal.js'

const start = (root: Class): Promise<TestApplication> => createTestApplication(root).start()

/** Runs `body` as the task of a service, and gives what came of it. */
async function inTask<T>(body: (context: ServiceContext) => Promise<T>): Promise<{ app: TestApplication; value: () => T }> {
  const outcome: { value?: T } = {}
  @Service({ restart: 'temporary' })
  class Worker {
    @Task() async work(context: ServiceContext): Promise<void> {
      outcome.value = await body(context)
    }
  }
  const app = await start(Worker)
  return { app, value: () => outcome.value as T }
}

const stopIt = (app: TestApplication): Promise<void> => app.services[0]!.stop()

describe('a wait', () => {
  it('that fails throws what the work threw', async () => {
    const error = new Error('boom')
    const { value } = await inTask(async ({ wait }) => rejection(wait(Promise.reject(error))))
    expect(value()).toBe(error)
  })

  it('ends by its time-out, which is told from a stop', async () => {
    const { app, value } = await inTask(({ wait }) => wait(new Promise(() => {}), { timeout: '5s' }))
    await app.clock.advance('5s')
    expect(value()).toEqual({ status: 'timeout' })
  })

  it('ends by a stop', async () => {
    const { app, value } = await inTask(({ wait }) => wait(new Promise(() => {}), { timeout: '5s' }))
    await stopIt(app)
    expect(value()).toEqual({ status: 'stopped' })
  })

  it('ends by a crash', async () => {
    const { app, value } = await inTask(({ wait }) => wait(new Promise(() => {})))
    app.service(app.services[0]!.name).crash(new Error('boom'))
    await app.clock.settle()
    expect(value()).toEqual({ status: 'stopped' })
  })

  it('gives the value of a promise, an observable, or a function of a signal', async () => {
    const values = new Subject<number>()
    const { app, value } = await inTask(async ({ wait }) => [
      await wait(Promise.resolve(1)),
      await wait(values),
      await wait(async (signal) => (signal.aborted ? 0 : 3))
    ])
    values.next(2)
    await app.clock.settle()
    expect(value()).toEqual([1, 2, 3].map((one) => ({ status: 'done', value: one })))
  })

  it('tells the loser to end', async () => {
    const ends: string[] = []
    const work = (name: string) => (signal: AbortSignal) =>
      new Promise<never>(() => signal.addEventListener('abort', () => ends.push(name)))
    const { app, value } = await inTask(async ({ wait, waitFirst }) => [
      await wait(work('late'), { timeout: '1s' }),
      await waitFirst([work('loser'), Promise.resolve('winner')])
    ])
    await app.clock.advance('1s')
    expect(value()).toEqual([{ status: 'timeout' }, { status: 'done', value: { index: 1, value: 'winner' } }])
    expect(ends).toEqual(['late', 'loser'])
  })

  it('for all gives how each ended', async () => {
    const { value } = await inTask(({ waitAll }) => waitAll([Promise.resolve(1), Promise.reject(new Error('two'))]))
    expect(value()).toMatchObject({
      status: 'done',
      value: [
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: { message: 'two' } }
      ]
    })
  })
})

describe('a sleep', () => {
  it('is true when its time is over, false when it is cut short by a stop or a crash', async () => {
    const elapsed = await inTask(({ sleep }) => sleep('10s'))
    await elapsed.app.clock.advance('10s')
    const stopped = await inTask(({ sleep }) => sleep('10s'))
    await stopIt(stopped.app)
    const crashed = await inTask(({ sleep }) => sleep('10s'))
    crashed.app.services[0]!.crash(new Error('boom'))
    await crashed.app.clock.settle()
    expect([elapsed.value(), stopped.value(), crashed.value()]).toEqual([true, false, false])
  })

  it('refuses what is no duration', async () => {
    const { value } = await inTask(async ({ sleep }) => {
      try {
        return await sleep('a while')
      } catch (error) {
        return error
      }
    })
    expect(value()).toMatchObject({ code: 'KEEL_INVALID_DURATION' })
  })
})

describe('an interval', () => {
  it('ticks at its slots, counts what the body covered, and ends with the run', async () => {
    const ticks: number[][] = []
    const { app, value } = await inTask(async ({ interval, sleep, clock }) => {
      for await (const tick of interval('1s', { immediate: true })) {
        ticks.push([clock.monotonic(), tick.iteration, tick.missed])
        if (tick.iteration === 2) await sleep('2500ms')
      }
      return 'ended'
    })
    await app.clock.advance('5s')
    expect(ticks).toEqual([
      [0, 1, 0],
      [1000, 2, 0],
      [4000, 3, 2],
      [5000, 4, 0]
    ])
    await stopIt(app)
    expect(value()).toBe('ended')
  })
})

describe('the context of a call', () => {
  it('ends with the call: what still uses it sleeps no more', async () => {
    const late: unknown[] = []
    @Service()
    class Worker {
      @Timer('10s') tick({ sleep, signal }: ServiceContext): void {
        // Not awaited: it outlives the call.
        void sleep('5s').then((elapsed) => late.push(elapsed, signal.aborted))
      }
    }
    const app = await start(Worker)
    await app.clock.advance('10s')
    expect(late).toEqual([false, true])
    expect(app.service(Worker).state).toBe('running')
  })

  it('is another for each call, and none of them ends the others', async () => {
    const signals: AbortSignal[] = []
    @Service()
    class Worker {
      @Timer('1s', { overlap: 'allow' }) async tick({ signal, sleep }: ServiceContext): Promise<void> {
        signals.push(signal)
        await sleep(signals.length === 1 ? '10s' : 100)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('3500ms')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, true])
  })

  it('leaves no listener on the signal of the run, however many calls there are', async () => {
    let run!: AbortSignal
    let listeners = 0
    @Service()
    class Worker {
      onStart({ signal }: ServiceContext): void {
        run = signal
        const add = run.addEventListener.bind(run)
        const remove = run.removeEventListener.bind(run)
        run.addEventListener = (...args: Parameters<typeof add>) => {
          listeners++
          add(...args)
        }
        run.removeEventListener = (...args: Parameters<typeof remove>) => {
          listeners--
          remove(...args)
        }
      }
      @Timer('1s') async tick({ sleep }: ServiceContext): Promise<void> {
        await sleep('10ms')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1000s')
    expect(app.service(Worker).tasks[0]!.runs).toBe(1000)
    expect(listeners).toBeLessThanOrEqual(1)
  })

  it('may be destructured, and still be used in full', async () => {
    const { value } = await inTask(async (context) => {
      const { name, addTask, setStatus, activity, stopRequested } = context
      setStatus('at work')
      void stopRequested()
      return activity('counting', async () => [name, await addTask(async () => 1), context.statusText])
    })
    expect(value()).toEqual(['Worker', 1, 'at work'])
  })
})

describe('the injected context', () => {
  it('is one for each service, and follows it from run to run', async () => {
    const seen: boolean[] = []
    @Service()
    class Worker {
      readonly context = inject(ServiceContext)
      onStart({ signal }: ServiceContext): void {
        expect(this.context.signal).toBe(signal)
        seen.push(this.context.signal.aborted)
      }
    }
    @Service({ inject: [Worker] })
    class Other {
      readonly context = inject(ServiceContext)
      constructor(readonly worker: Worker) {}
    }
    const app = await start(Other)
    expect(app.get(Worker).context.name).toBe('Worker')
    expect(app.get(Other).context.name).toBe('Other')
    await app.service(Worker).restart()
    expect(seen).toEqual([false, false])
  })
})

describe('what a service says of itself', () => {
  it('its activities are there while they run, failed or not, its own calls included', async () => {
    @Service()
    class Worker {
      @Activity('importing') async importAll({ sleep }: ServiceContext): Promise<void> {
        await sleep('2s')
      }
      @Task({ onError: 'log' }) async work(context: ServiceContext): Promise<void> {
        await this.importAll(context)
        await context.activity('failing', async () => {
          await context.sleep('1s')
          throw new Error('boom')
        })
      }
    }
    const app = await start(Worker)
    expect([...app.service(Worker).activities]).toEqual(['importing'])
    await app.clock.advance('2s')
    expect([...app.service(Worker).activities]).toEqual(['failing'])
    await app.clock.advance('1s')
    expect([...app.service(Worker).activities]).toEqual([])
  })

  it('its status is the last it set, cleared at stop', async () => {
    const { app } = await inTask(async ({ setStatus }) => {
      setStatus('warming up')
      setStatus('at work')
    })
    expect(app.services[0]!.statusText).toBe('at work')
    await stopIt(app)
    expect(app.services[0]!.statusText).toBe('')
  })

  it('its log lines carry its name, and errors their stack', async () => {
    const { app } = await inTask(async ({ log }) => {
      log.info('%d lines', 3)
      log.error({ err: new Error('boom') }, 'trouble')
    })
    const lines = app.logs.filter(({ msg }) => msg === '3 lines' || msg === 'trouble')
    expect(lines).toMatchObject([
      { service: 'Worker', msg: '3 lines' },
      { service: 'Worker', err: { message: 'boom', stack: expect.stringContaining('context.test.ts') as string } }
    ])
  })
})

describe('what a run holds', () => {
  it('is released when it ends, last in first out, once, after its work and before onShutdown', async () => {
    const lines: string[] = []
    @Service()
    class Worker {
      onStart({ use, defer }: ServiceContext): void {
        use({ [Symbol.dispose]: () => void lines.push('first') })
        use({ [Symbol.asyncDispose]: async () => void lines.push('second') })
        defer(() => void lines.push('third'))
      }
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
        lines.push('task')
      }
      onShutdown(): void {
        lines.push('onShutdown')
      }
    }
    const app = await start(Worker)
    const expected = ['task', 'third', 'second', 'first', 'onShutdown']
    await app.service(Worker).restart()
    expect(lines.splice(0)).toEqual(expected)
    await app.stop()
    expect(lines).toEqual(expected)
  })

  it('is released after a crash too, and what fails in it is told, the rest released', async () => {
    const lines: string[] = []
    const error = new Error('boom')
    @Service()
    class Worker {
      onStart({ defer }: ServiceContext): void {
        defer(() => void lines.push('first'))
        defer(() => Promise.reject(error))
      }
    }
    const app = await start(Worker)
    app.crash(Worker, new Error('crash'))
    await rejection(app.waitUntilStopped())
    expect(lines).toEqual(['first'])
    expect(await rejection(app.lastStop())).toMatchObject({ failures: [{ service: 'Worker', phase: 'release', error }] })
  })
})
