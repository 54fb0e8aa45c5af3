import { describe, expect, it } from 'vitest'
import {
  HealthCheck,
  inject,
  Service,
  ServiceBase,
  ServiceContext,
  Supervisor,
  type Class,
  type HealthReport,
  type ServiceHandle,
  type ServiceOptions
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { Journal, never, takes } from './journal.js'

const BOOM = new Error('boom')
const STEADY = { backoff: { initial: '1s', max: '1s', factor: 1, jitter: 0 } } as const

/** What a report says of each service. */
const told = ({ services }: HealthReport): string[] =>
  services.map(
    ({ name, state, ready, critical }) =>
      `${name} ${state} ${ready ? 'ready' : 'not ready'}${critical ? '' : ', does not count'}`
  )

/** An application with one service, whose context the test has. */
async function withOwner(
  options: ServiceOptions = {}
): Promise<{ app: TestApplication; context: ServiceContext; owner: Class<object>; journal: Journal }> {
  const journal = new Journal()
  let context!: ServiceContext
  const owner = journal.service('Owner', { options, onStart: (given) => (context = given) && undefined })
  const app = await createTestApplication(owner).start()
  return { app, context, owner, journal }
}

/** A child that a test makes well or ill, and that keeps its context. */
function kid(options?: ServiceOptions): {
  Kid: Class<object>
  at: { isWell: boolean; asked: number; context: ServiceContext }
} {
  const at = { isWell: true, asked: 0, context: undefined as never as ServiceContext }
  @Service(options)
  class Kid {
    onStart(context: ServiceContext): void {
      at.context = context
    }
    @HealthCheck() check(): void {
      at.asked++
      if (!at.isWell) throw BOOM
    }
  }
  return { Kid, at }
}

describe('the checks of children', () => {
  it('are asked, and count, children of children too', async () => {
    const { app, context } = await withOwner()
    const [first, second] = [kid(), kid()]
    await context.addChild(first.Kid)
    await first.at.context.addChild(second.Kid)
    second.at.isWell = false
    const report = await app.checkHealth()
    expect(report.ready).toBe(false)
    expect(told(report)).toEqual([
      'Owner running ready',
      'Owner/Kid running ready',
      'Owner/Kid/Kid running not ready'
    ])
    expect(report.services.map(({ parent }) => parent)).toEqual([undefined, 'Owner', 'Owner/Kid'])
    expect(report.services[2]!.checks).toMatchObject([{ name: 'check', healthy: false, error: BOOM }])
    second.at.isWell = true
    expect((await app.checkHealth()).ready).toBe(true)
    expect([first.at.asked, second.at.asked]).toEqual([2, 2])
  })

  it('are those of the services of a Supervisor that is the application', async () => {
    class Worker extends ServiceBase {
      @HealthCheck() check(): void {
        throw BOOM
      }
    }
    const app = await createTestApplication(new Supervisor([new Worker()])).start()
    expect(told(await app.checkHealth())).toEqual([
      'Supervisor running ready',
      'Supervisor/Worker running not ready'
    ])
    expect(app.health().ready).toBe(false)
  })

  it('do not count where the child is not critical, or its owner is not', async () => {
    const free = kid({ critical: false })
    const { app, context } = await withOwner()
    await context.addChild(free.Kid)
    free.at.isWell = false
    expect((await app.checkHealth()).ready).toBe(true)
    expect(told(app.health())[1]).toBe('Owner/Kid running not ready, does not count')

    const bound = kid()
    const other = await withOwner({ critical: false })
    await other.context.addChild(bound.Kid)
    bound.at.isWell = false
    expect((await other.app.checkHealth()).ready).toBe(true)
    expect(told(other.app.health())[1]).toBe('Owner/Kid running not ready, does not count')
  })

  it('have their own time limit, and are called once for all who ask meanwhile', async () => {
    let asked = 0
    @Service()
    class Kid {
      @HealthCheck({ timeout: '1s' }) hangs(): Promise<void> {
        asked++
        return never()
      }
    }
    const { app, context } = await withOwner()
    await context.addChild(Kid)
    const checked = Promise.all([app.checkHealth(), app.checkHealth()])
    await app.clock.advance('1s')
    expect((await checked).map(({ ready }) => ready)).toEqual([false, false])
    expect(asked).toBe(1)
  })

  it('are not asked of one that was removed, nor is what it said before remembered', async () => {
    const { app, context } = await withOwner()
    const { Kid, at } = kid()
    const child = await context.addChild(Kid)
    at.isWell = false
    expect((await app.checkHealth()).ready).toBe(false)
    await context.removeChild(child)
    expect(told(await app.checkHealth())).toEqual(['Owner running ready'])
    expect(app.health().ready).toBe(true)
    expect(at.asked).toBe(1)
  })
})

describe('an application is not ready', () => {
  it('while a child restarts', async () => {
    const journal = new Journal()
    const worker = journal.service('Worker', { onStart: takes(500) })
    const app = await createTestApplication(new Supervisor([worker], STEADY)).start()
    const [child] = app.services[0]!.children
    expect(app.health().ready).toBe(true)
    child!.crash(BOOM)
    const seen: string[] = []
    for (const step of [0, '1s', '500ms'] as const) {
      await app.clock.advance(step)
      seen.push(`${child!.state} ${String(app.health().ready)}`)
    }
    expect(seen).toEqual(['backoff false', 'starting false', 'running true'])
  })

  it('while a child is restarted by hand', async () => {
    const { app, context, journal } = await withOwner()
    const adding = context.addChild(journal.service('Kid', { onStart: takes(10), onStop: takes(10) }))
    await app.clock.advance(10)
    const child = await adding
    const restarting = child.restart()
    expect([child.state, app.health().ready]).toEqual(['stopping', false])
    await app.clock.advance(10)
    expect([child.state, app.health().ready]).toEqual(['starting', false])
    await app.clock.advance(10)
    await restarting
    expect(app.health().ready).toBe(true)
  })

  it('once a supervisor has stopped children for good', async () => {
    const journal = new Journal()
    const workers = ['One', 'Two'].map((name) => journal.service(name))
    const supervisor = new Supervisor(workers, { strategy: 'forfeit-one-for-all' })
    const app = await createTestApplication(supervisor).start()
    app.services[0]!.children[0]!.crash(BOOM)
    await app.clock.settle()
    expect(told(app.health()).slice(1)).toEqual([
      'Supervisor/One crashed not ready',
      'Supervisor/Two stopped not ready'
    ])
    expect(app.health().ready).toBe(false)
  })

  it('while one for all restart for one of them', async () => {
    const journal = new Journal()
    const workers = ['One', 'Two'].map((name) => journal.service(name))
    const supervisor = new Supervisor(workers, { strategy: 'one-for-all', ...STEADY })
    const app = await createTestApplication(supervisor).start()
    app.services[0]!.children[1]!.crash(BOOM)
    await app.clock.settle()
    expect(told(app.health()).slice(1)).toEqual([
      'Supervisor/One stopped not ready',
      'Supervisor/Two backoff not ready'
    ])
    await app.clock.advance('1s')
    expect(app.health().ready).toBe(true)
  })
})

describe('an application stays ready', () => {
  it('while a child comes up beside an owner that runs, and when that fails', async () => {
    const { app, context, journal } = await withOwner()
    const slow = journal.service('Slow', { onStart: takes(10) })
    const adding = context.addChild(slow)
    await app.clock.settle()
    expect(told(app.health())[1]).toBe('Owner/Slow starting not ready, does not count')
    expect(app.health().ready).toBe(true)
    await app.clock.advance(10)
    await adding
    expect(told(app.health())[1]).toBe('Owner/Slow running ready')

    const seen: boolean[] = []
    const bad = journal.service('Bad', {
      onStart: () => Promise.reject(BOOM),
      onShutdown: () => void seen.push(app.health().ready)
    })
    await expect(context.addChild(bad)).rejects.toMatchObject({ cause: BOOM })
    expect([...seen, app.health().ready]).toEqual([true, true])
  })

  it.each([
    ['has ended by itself', (_child: ServiceHandle, context: ServiceContext) => context.stop()],
    ['was stopped by hand', (child: ServiceHandle) => child.stop()]
  ])('once a child %s, and while it stops', async (_how, stop) => {
    const { app, context } = await withOwner()
    let own!: ServiceContext
    const seen: string[] = []
    @Service()
    class Kid {
      onStart(given: ServiceContext): void {
        own = given
      }
      onStop(): void {
        seen.push(told(app.health())[1]!, String(app.health().ready))
      }
    }
    const child = await context.addChild(Kid)
    await stop(child, own)
    expect(seen).toEqual(['Owner/Kid stopping not ready, does not count', 'true'])
    expect(told(app.health())[1]).toBe('Owner/Kid stopped not ready, does not count')
    expect(app.health().ready).toBe(true)
    await child.start()
    expect(told(app.health())[1]).toBe('Owner/Kid running ready')
  })

  it('once a temporary child has crashed, whatever that one owned', async () => {
    const { app, context, journal } = await withOwner()
    const part = journal.service('Part')
    @Service({ restart: 'temporary' })
    class Job {
      constructor() {
        // added before it runs: part of every run, so it stays
        void inject(ServiceContext).addChild(part)
      }
    }
    const child = await context.addChild(Job)
    child.crash(BOOM)
    await app.clock.settle()
    expect(told(app.health())).toEqual([
      'Owner running ready',
      'Owner/Job crashed not ready, does not count',
      'Owner/Job/Part crashed not ready, does not count'
    ])
    expect(app.health().ready).toBe(true)
  })

  it('but not when a permanent child ends by itself, until it runs again', async () => {
    const journal = new Journal()
    let own!: ServiceContext
    const worker = journal.service('Worker', {
      options: { restart: 'permanent' },
      onStart: (given) => (own = given) && undefined
    })
    const app = await createTestApplication(new Supervisor([worker], STEADY)).start()
    await own.stop()
    expect(app.health().ready).toBe(false)
    await app.clock.advance('1s')
    expect(app.health().ready).toBe(true)
  })
})
