import { describe, expect, it } from 'vitest'
import { Service, Timer, type Class, type LifecycleError, type ServiceContext, type StopError } from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { buildApplication, type LiveApplication } from '../../src/app/index.js'
import { Journal, never, rejection, takes, throws } from './journal.js'
import { inside } from './inside.js'

describe('a drain hook that fails', () => {
  it('is told with the errors of the stop, before them, and stops nothing from stopping', async () => {
    const journal = new Journal()
    const [drain, stop] = [new Error('drain'), new Error('stop')]
    const a = journal.service('A', { onDrain: throws(drain), onStop: throws(stop) })
    const app = await createTestApplication([a]).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toEqual([
      { service: 'A', phase: 'onDrain', error: drain },
      { service: 'A', phase: 'onStop', error: stop }
    ])
  })

  it('because it never settles is named when the drainTimeout is over, 10s by default', async () => {
    const journal = new Journal()
    const app = await createTestApplication([journal.service('A', { onDrain: never })]).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([
      { service: 'A', phase: 'onDrain', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(error.message).toContain('A: onDrain did not end within 10s')
    expect((error.errors[0] as LifecycleError).hint).toContain('raise drainTimeout')
    expect(app.clock.monotonic()).toBe(10_000)
  })

  it('leaves a floor of 100 ms to the hooks after it', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onDrain: takes(90) })
    const b = journal.service('B', { needs: [a], onDrain: never })
    const app = await createTestApplication([b], { drainTimeout: '1s' }).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures.map(({ service }) => service)).toEqual(['B'])
    expect(app.clock.monotonic()).toBe(1090)
  })

  it('takes at most half of what is left of the shutdown', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onDrain: never })
    const app = await createTestApplication([a], { shutdownTimeout: '4s' }).start()
    await rejection(app.stop())
    expect(app.clock.monotonic()).toBe(2000)
  })
})

describe('the drain delay', () => {
  const bySignal = { kind: 'signal', detail: 'SIGTERM' } as const

  async function started(root: Class): Promise<{ app: LiveApplication; clock: TestClock }> {
    const clock = new TestClock()
    const app = await buildApplication(root, { clock, logger: false, shutdownTimeout: '8s' })
    await app.start()
    return { app, clock }
  }

  it('comes between "not ready" and the drain, all being up, and counts against the shutdown', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onDrain: () => {}, onStop: never })
    const { app, clock } = await started(a)
    journal.take()
    const stopping = rejection(inside(app).life.stopFor(bySignal, 5000))
    expect(app.health()).toMatchObject({ live: true, ready: false })
    expect(app.state).toBe('draining')
    await clock.advance(4999)
    expect(journal.lines).toEqual([])
    expect(app.service(a).state).toBe('running')
    await clock.advance(1)
    expect(journal.lines).toEqual(['A.onDrain', 'A.onStop'])
    await clock.advance(3000)
    await stopping
    expect(clock.monotonic()).toBe(8000)
  })

  it('is joined by whoever stops the application by hand meanwhile', async () => {
    const journal = new Journal()
    const { app, clock } = await started(journal.service('A'))
    const stopping = inside(app).life.stopFor(bySignal, 5000)
    expect(app.stop()).toBe(stopping)
    await clock.advance(5000)
    await stopping
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
  })
})

describe('a drain', () => {
  it('calls onDrain on everything that runs, dependants first, while all of it is still up', async () => {
    const journal = new Journal()
    const look = (): void => journal.note(app.services.map((service) => service.state).join(' '))
    const a = journal.service('A', { onDrain: look })
    const b = journal.service('B', { needs: [a], onDrain: takes(100) })
    const c = journal.service('C', { needs: [b], onDrain: takes(100) })
    const app = await createTestApplication([c]).start()
    journal.take()
    await app.stop()
    expect(journal.lines).toEqual([
      'C.onDrain',
      'B.onDrain',
      'A.onDrain',
      'running running running',
      'C.onStop',
      'B.onStop',
      'A.onStop'
    ])
  })

  it('reaches children, the youngest first, before their owner', async () => {
    const journal = new Journal()
    const [one, two] = ['One', 'Two'].map((name) => journal.service(name, { onDrain: () => {} }))
    const owner = journal.service('Owner', {
      async onStart({ addChild }) {
        await addChild(one!)
        await addChild(two!)
      },
      onDrain: () => {}
    })
    const app = await createTestApplication([owner]).start()
    journal.take()
    await app.stop()
    expect(journal.lines.slice(0, 3)).toEqual(['Two.onDrain', 'One.onDrain', 'Owner.onDrain'])
  })

  it('aborts the draining signal and makes the application not ready, before any hook', async () => {
    const seen: string[] = []
    @Service()
    class Server {
      onDrain({ draining, signal, shouldStop, stopReason }: ServiceContext): void {
        seen.push(`${String(draining.aborted)} ${String(signal.aborted)} ${String(shouldStop)}`)
        seen.push(`${app.state}, ready: ${String(app.health().ready)}, live: ${String(app.health().live)}`)
        expect(draining.reason).toMatchObject({
          name: 'AbortError',
          code: 'ABORT_ERR',
          cause: { kind: 'stop' }
        })
        expect(stopReason).toBeUndefined()
      }
    }
    const app = await createTestApplication(Server).start()
    await app.stop()
    expect(seen).toEqual(['true false false', 'draining, ready: false, live: true'])
  })

  it('lets no timer begin a run', async () => {
    let runs = 0
    @Service()
    class Ticker {
      @Timer('1s') tick(): void {
        runs++
      }
      async onDrain(context: ServiceContext): Promise<void> {
        await takes(5000)(context)
      }
    }
    const app = await createTestApplication(Ticker).start()
    await app.clock.advance('2s')
    await app.stop()
    expect(runs).toBe(2)
  })

  it('is skipped for what does not run', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onDrain: () => {} })
    const app = await createTestApplication([a]).start()
    await app.service(a).stop()
    journal.take()
    await app.stop()
    expect(journal.lines).toEqual([])
  })

  it.each(['stop', 'crash'] as const)(
    'beside an onReady that still runs does not keep a %s from waiting for that',
    async (how) => {
      const journal = new Journal()
      const slow = async (context: ServiceContext): Promise<void> => {
        await takes(5000)(context)
        journal.note('ready')
      }
      const late = journal.service('Late', {
        onReady: slow,
        onDrain: takes(1000),
        onShutdown: () => {}
      })
      const app = await createTestApplication(late).start()
      const handle = app.service(late)
      await handle.stop()
      journal.take()
      const starting = handle.start().catch(() => undefined)
      await app.clock.settle()
      const stopping = app.stop().catch(() => undefined)
      await app.clock.advance('500ms')
      if (how === 'crash') handle.crash(new Error('boom'))
      await app.clock.advance('10s')
      await stopping
      await starting
      const lines = [
        'Late.onStart',
        'Late.onReady',
        'Late.onDrain',
        'ready',
        'Late.onStop',
        'Late.onShutdown'
      ]
      expect(journal.lines).toEqual(lines)
    }
  )

  it('is part of a stop after a crash too, for the others', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onDrain: () => {} })
    const b = journal.service('B', { onDrain: () => {} })
    const app = await createTestApplication([a, b]).start()
    journal.take()
    app.crash(a, new Error('boom'))
    await rejection(app.waitUntilStopped())
    expect(journal.lines).toEqual(['B.onDrain', 'B.onStop', 'A.onStop'])
  })

  it('is not part of the stop of a single service, whose signals abort together', async () => {
    const journal = new Journal()
    const a = journal.service('A', {
      onDrain: () => {},
      onStop: ({ draining, signal }) => journal.note(`${String(draining.aborted)} ${String(signal.aborted)}`)
    })
    const app = await createTestApplication([a]).start()
    journal.take()
    await app.service(a).stop()
    expect(journal.lines).toEqual(['A.onStop', 'true true'])
  })
})
