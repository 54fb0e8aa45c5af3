import { describe, expect, it } from 'vitest'
import { DependsOn, Service, Task, type LifecycleEvent, type ServiceContext } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { Journal, rejection, takes, throws } from './journal.js'

/** An event without its times, as one line. */
function line(event: LifecycleEvent): string {
  const { type, at: _at, ...rest } = event
  const words = Object.entries(rest).map(([key, value]) => {
    if (value instanceof Error) return `${key}=${value.name}`
    return `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`
  })
  return [type, ...words].join(' ')
}

describe('the events of an application', () => {
  @Service()
  class Feed {
    async onStart(context: ServiceContext): Promise<void> {
      await takes(100)(context)
    }
  }
  @Service()
  @DependsOn(Feed)
  class Reader {
    @Task() async read({ sleep }: ServiceContext): Promise<void> {
      await sleep('1h')
    }
    async onDrain(context: ServiceContext): Promise<void> {
      await takes(20)(context)
    }
    async onStop(context: ServiceContext): Promise<void> {
      await takes(30)(context)
    }
  }

  it('that starts and stops are exactly these', async () => {
    const app = await createTestApplication(Reader).start()
    expect(app.events.all.map(line)).toEqual([
      'application.starting',
      'service.waiting service=Feed',
      'service.waiting service=Reader',
      'service.starting service=Feed',
      'hook.started service=Feed hook=onStart',
      'hook.finished service=Feed hook=onStart durationMs=100',
      'service.started service=Feed durationMs=100',
      'service.starting service=Reader',
      'task.started service=Reader task=read',
      'service.started service=Reader durationMs=0',
      'application.started durationMs=100'
    ])
    app.events.clear()
    await app.stop('enough')
    const reason = 'reason={"kind":"stop","detail":"enough"}'
    expect(app.events.all.map(line)).toEqual([
      `application.draining ${reason}`,
      'hook.started service=Reader hook=onDrain',
      'hook.finished service=Reader hook=onDrain durationMs=20',
      `application.stopping ${reason}`,
      `service.stopping service=Reader ${reason}`,
      'hook.started service=Reader hook=onStop',
      'task.finished service=Reader task=read durationMs=20',
      'hook.finished service=Reader hook=onStop durationMs=30',
      'service.stopped service=Reader durationMs=30',
      `service.stopping service=Feed ${reason}`,
      'service.stopped service=Feed durationMs=0',
      'application.stopped durationMs=50'
    ])
  })

  it('whose start fails, and is rolled back, are exactly these', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(10) })
    const b = journal.service('B', { needs: [a], onStart: throws(new TypeError('boom')) })
    const c = journal.service('C', { needs: [b] })
    const app = await createTestApplication(c).create()
    const error = await rejection(app.start())
    const why = 'reason={"kind":"stop","detail":"the start failed"}'
    expect(app.events.all.map(line)).toEqual([
      'application.starting',
      'service.waiting service=A',
      'service.waiting service=B',
      'service.waiting service=C',
      'service.starting service=A',
      'hook.started service=A hook=onStart',
      'hook.finished service=A hook=onStart durationMs=0',
      'service.started service=A durationMs=0',
      'service.starting service=B',
      'hook.started service=B hook=onStart',
      'hook.finished service=B hook=onStart durationMs=0 error=TypeError',
      'service.crashed service=B error=TypeError',
      `application.stopping ${why}`,
      `service.stopping service=C ${why}`,
      'service.stopped service=C durationMs=0',
      'service.stopping service=B reason={"kind":"crash","detail":{}}',
      'service.stopped service=B durationMs=0',
      `service.stopping service=A ${why}`,
      'hook.started service=A hook=onStop',
      'hook.finished service=A hook=onStop durationMs=10',
      'service.stopped service=A durationMs=10',
      'application.stopped durationMs=10',
      'application.started durationMs=10 error=StartError'
    ])
    expect(app.events.ofType('application.started')[0]).toMatchObject({ error })
  })

  it('tell of a hook that throws what it threw, even when that is undefined', async () => {
    const journal = new Journal()
    const app = await createTestApplication(journal.service('A', { onStop: throws(undefined) })).start()
    await rejection(app.stop())
    const [, stopped] = app.events.ofType('hook.finished')
    expect(stopped).toHaveProperty('error', undefined)
    expect(app.events.ofType('service.stopped')[0]).toHaveProperty('error', undefined)
    expect(app.events.ofType('application.stopped')[0]).toMatchObject({ error: { name: 'StopError' } })
  })

  it('carry the time of the clock, and come when the new state can be read', async () => {
    const app = await createTestApplication(Reader).create()
    const seen: string[] = []
    app.events$.subscribe((event) => {
      expect(event.at).toBe(app.clock.now())
      if (event.type === 'application.started') seen.push(`${app.state} ${String(app.health().ready)}`)
      if (event.type === 'service.started')
        seen.push(`${event.service} ${app.service(serviceOf(event.service)).state}`)
    })
    const serviceOf = (name: string) => (name === 'Feed' ? Feed : Reader)
    await app.start()
    expect(seen).toEqual(['Feed running', 'Reader running', 'running true'])
  })

  it('reach every subscriber, whatever one of them throws, which is logged', async () => {
    const app = await createTestApplication(Reader).create()
    const seen: string[] = []
    app.events$.subscribe(() => {
      throw new Error('bad subscriber')
    })
    app.events$.subscribe((event) => void seen.push(event.type))
    app.state$.subscribe(() => {
      throw new Error('bad subscriber')
    })
    await app.start()
    expect(seen).toHaveLength(app.events.all.length)
    expect(app.logs.filter(({ msg }) => msg === 'a subscriber failed').length).toBeGreaterThan(seen.length)
    expect(app.state).toBe('running')
  })

  it('are not held up by a subscriber that never returns', async () => {
    const app = await createTestApplication(Reader).create()
    const never: () => unknown = () => new Promise(() => {})
    app.events$.subscribe(never)
    app.state$.subscribe(never)
    await app.start()
    await app.stop()
    expect(app.state).toBe('stopped')
  })
})

describe('the state of an application', () => {
  it('comes as a stream: the current one first, then each change once', async () => {
    const journal = new Journal()
    const app = await createTestApplication(journal.service('A')).create()
    const seen: string[] = []
    app.state$.subscribe((state) => {
      expect(app.state).toBe(state)
      seen.push(state)
    })
    await app.start()
    await app.stop()
    expect(seen).toEqual(['created', 'starting', 'running', 'draining', 'stopping', 'stopped'])
  })

  it('lets a subscriber stop the application that it hears is running', async () => {
    const journal = new Journal()
    const app = await createTestApplication(journal.service('A')).create()
    const seen: string[] = []
    app.state$.subscribe((state) => {
      if (state === 'running') void app.stop()
    })
    app.state$.subscribe((state) => seen.push(state))
    await app.start()
    await app.waitUntilStopped()
    expect(seen).toEqual(['created', 'starting', 'running', 'draining', 'stopping', 'stopped'])
  })
})
