import { describe, expect, it } from 'vitest'
import {
  DependsOn,
  inject,
  Injectable,
  Service,
  wanted,
  type Class,
  type ServiceContext,
  type ServiceHandle,
  type StopError
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { Journal, rejection, takes, throws } from './journal.js'

const adding =
  (...children: (object | Class)[]) =>
  async ({ addChild }: ServiceContext): Promise<void> => {
    for (const child of children) await addChild(child)
  }

const states = (services: readonly ServiceHandle[]): string[] =>
  services.flatMap((one) => [`${one.name} ${one.state}`, ...states(one.children)])

const warnings = (app: TestApplication): unknown[] =>
  app.logs.filter(({ level }) => level === 40).map(({ service, msg }) => [service, msg])

/** A child of `Owner` that needs `Db`, which takes a second to start, and which nobody else needs. */
function family(options: { concurrency?: number } = {}): {
  journal: Journal
  db: Class<object>
  owner: Class<object>
  kid: Class<object>
  create(): ReturnType<typeof createTestApplication>
} {
  const journal = new Journal()
  const db = journal.service('Db', { onStart: takes(1000) })
  const kid = journal.service('Kid', { needs: [db] })
  const owner = journal.service('Owner', { onStart: adding(kid) })
  return { journal, db, owner, kid, create: () => createTestApplication([owner, db], options) }
}

describe('a child that needs what its owner is not ordered after', () => {
  it('starts once that runs, and its owner with it', async () => {
    const { journal, create } = family()
    const app = await create().start()
    expect(journal.lines).toEqual(['Owner.onStart', 'Db.onStart', 'Kid.onStart'])
    expect(app.bootReport().totalMs).toBe(1000)
    expect(warnings(app)).toEqual([])
  })

  it('has stopped before that stops', async () => {
    const journal = new Journal()
    const db = journal.service('Db')
    @Injectable()
    class Repository {
      readonly db = inject(db)
    }
    @Service()
    class Kid {
      readonly repository = inject(Repository)
      async onStop({ sleep }: ServiceContext): Promise<void> {
        await sleep('1ms').catch(() => {})
        await takes(1000)({ clock: app.clock } as never)
        journal.note('Kid stopped')
      }
    }
    const owner = journal.service('Owner', { onStart: adding(Kid) })
    const app: TestApplication = await createTestApplication([owner, db]).start()
    journal.take()
    await app.stop()
    expect(journal.lines).toEqual(['Owner.onStop', 'Kid stopped', 'Db.onStop'])
  })

  it('is stopped first when that is stopped by hand, and its owner runs on', async () => {
    const { journal, db, create } = family()
    const app = await create().start()
    journal.take()
    await app.service(db).stop()
    expect(journal.take()).toEqual(['Kid.onStop', 'Db.onStop'])
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid stopped', 'Db stopped'])
    const starting = Promise.all([app.service(db).start(), app.services[0]!.children[0]!.start()])
    await app.clock.advance('1s')
    await starting
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid running', 'Db running'])
    await app.stop()
    expect(journal.lines.slice(-3)).toEqual(['Owner.onStop', 'Kid.onStop', 'Db.onStop'])
  })

  it('may stop that from its own work', async () => {
    const journal = new Journal()
    const db = journal.service('Db')
    @DependsOn(db)
    @Service()
    class Kid {
      async onStart({ addTask }: ServiceContext): Promise<void> {
        addTask(async ({ sleep }) => {
          await sleep('1s')
          await app.service(db).stop()
          journal.note('asked')
        })
      }
    }
    const owner = journal.service('Owner', { onStart: adding(Kid) })
    const app: TestApplication = await createTestApplication([owner, db]).start()
    journal.take()
    await app.clock.advance('1s')
    expect(journal.lines).toEqual(['asked', 'Db.onStop'])
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid stopped', 'Db stopped'])
  })

  it('is refused while that has ended, and not kept', async () => {
    const { journal, db, kid } = family()
    let context!: ServiceContext
    const owner = journal.service('Owner', { onStart: (given) => void (context = given) })
    const app = await createTestApplication([owner, db]).start()
    await app.service(db).stop()
    journal.take()
    const error = await rejection(context.addChild(kid))
    expect(error).toMatchObject({ code: 'KEEL_START_FAILED', service: 'Owner/Kid' })
    expect((error as Error).cause).toMatchObject({
      code: 'KEEL_ILLEGAL_TRANSITION',
      message: expect.stringContaining("Owner/Kid cannot start: it needs Db, which is 'stopped'")
    })
    expect(journal.lines).toEqual([])
    expect(states(app.services)).toEqual(['Owner running', 'Db stopped'])
  })

  it('is refused when that is about to stop, as is what else needs it', async () => {
    const { journal, db, kid } = family()
    const slow = journal.service('Slow', { needs: [db], onStop: takes(1000) })
    let context!: ServiceContext
    const owner = journal.service('Owner', { onStart: (given) => void (context = given) })
    const app = await createTestApplication([owner, slow]).start()
    const stopping = app.service(db).stop()
    await app.clock.settle()
    const added = rejection(context.addChild(kid))
    await app.clock.settle()
    expect(states(app.services)).toContain('Owner/Kid waiting')
    await app.clock.advance('1s')
    await stopping
    expect(await added).toMatchObject({ code: 'KEEL_START_ABORTED', service: 'Owner/Kid' })
    expect(journal.lines).not.toContain('Kid.onStart')
    expect(states(app.services)).toEqual(['Owner running', 'Db stopped', 'Slow stopped'])
  })

  it('waits for that while it is restarted, until its owner stops', async () => {
    const { journal, db, kid } = family()
    let context!: ServiceContext
    const owner = journal.service('Owner', { onStart: (given) => void (context = given) })
    const app = await createTestApplication([owner, db]).start()
    const restarting = app.service(db).restart()
    await app.clock.settle()
    const adding = rejection(context.addChild(kid))
    await app.clock.settle()
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid waiting', 'Db starting'])
    await app.service(owner).stop()
    expect(await adding).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.lines).not.toContain('Kid.onStart')
    await app.clock.advance('1s')
    await restarting
    await app.service(owner).start()
    await context.addChild(kid)
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid running', 'Db running'])
  })

  it('fails the start when that cannot start', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const db = journal.service('Db', { onStart: throws(boom) })
    const owner = journal.service('Owner', { onStart: adding(journal.service('Kid', { needs: [db] })) })
    const error = await rejection(createTestApplication([owner, db]).start())
    expect(error).toMatchObject({ service: 'Db', cause: boom })
    expect(journal.lines).not.toContain('Kid.onStart')
  })

  it('goes without that when it merely wants it, and it has failed', async () => {
    const journal = new Journal()
    const cache = journal.service('Cache', { onStart: throws(new Error('boom')) })
    const main = journal.service('Main', { needs: [wanted(cache)] })
    const owner = journal.service('Owner', {
      onStart: adding(journal.service('Kid', { needs: [wanted(cache)] }))
    })
    const app = await createTestApplication([owner, main]).start()
    expect(states(app.services)).toContain('Owner/Kid running')
  })

  it('is ordered as an object too, by what its class says to depend on', async () => {
    const { journal, db, kid } = family()
    const owner = journal.service('Owner', { onStart: adding(new kid()) })
    const app = await createTestApplication([owner, db]).start()
    expect(journal.take()).toEqual(['Owner.onStart', 'Db.onStart', 'Kid.onStart'])
    await app.stop()
    expect(journal.lines).toEqual(['Owner.onStop', 'Kid.onStop', 'Db.onStop'])
  })

  it('keeps nobody waiting for ever where only one may start at a time', async () => {
    const { journal, create } = family({ concurrency: 1 })
    await create().start()
    expect(journal.lines.toSorted()).toEqual(['Db.onStart', 'Kid.onStart', 'Owner.onStart'])
  })

  it('is not ordered where that needs its owner, or waits for it, which is told', async () => {
    const journal = new Journal()
    const first: Class<object> = journal.service('First', {
      onStart: (context) => adding(journal.service('OfFirst', { needs: [second] }))(context)
    })
    const second: Class<object> = journal.service('Second', {
      onStart: (context) => adding(journal.service('OfSecond', { needs: [first] }))(context)
    })
    const circular: Class<object> = journal.service('Circular', {
      onStart: (context) => adding(journal.service('OfCircular', { needs: [above] }))(context)
    })
    const above = journal.service('Above', { needs: [circular] })
    const app = await createTestApplication([first, second, above]).start()
    expect(app.state).toBe('running')
    expect(warnings(app)).toEqual([
      [
        'Second',
        'the child OfSecond needs First, which needs Second itself: it may start before that, and end after it; inject it lazily'
      ],
      [
        'Circular',
        'the child OfCircular needs Above, which needs Circular itself: it may start before that, and end after it; inject it lazily'
      ]
    ])
    await app.stop()
    expect(app.state).toBe('stopped')
  })

  it('is told of a circle that comes to be later, beside one that was told', async () => {
    const journal = new Journal()
    let isLater = false
    const other = journal.service('Other', {
      onStart: async (context) => {
        if (isLater) await adding(journal.service('OfOther', { needs: [above] }))(context)
      }
    })
    const owner: Class<object> = journal.service('Owner', { onStart: (context) => adding(kid)(context) })
    const above = journal.service('Above', { needs: [owner] })
    const kid = journal.service('Kid', { needs: [above, other] })
    const app = await createTestApplication([above, other]).start()
    const told = (needs: string): unknown[] => [
      'Owner',
      `the child Kid needs ${needs}, which needs Owner itself: it may start before that, and end after it; inject it lazily`
    ]
    expect(warnings(app)).toEqual([told('Above')])
    isLater = true
    const stopped = app.service(owner).stop()
    const restarted = app.service(other).restart()
    const started = app.service(above).start()
    await Promise.all([stopped, restarted, started])
    expect(warnings(app)).toEqual([told('Above'), told('Other')])
  })

  it('is not ordered after what it is given something else for', async () => {
    const { journal, db } = family()
    @Service()
    class Kid {
      readonly db = inject(db)
      onStart(): void {
        journal.note(`Kid.onStart, Db ${app.service(db).state}`)
      }
    }
    const owner = journal.service('Owner', {
      onStart: async ({ addChild }) =>
        void (await addChild(Kid, { providers: [{ provide: db, useValue: {} }] }))
    })
    const app = await createTestApplication([owner, db]).create()
    await app.start()
    expect(journal.lines).toContain('Kid.onStart, Db starting')
  })

  it('is ordered anew as an object that moves to another owner, in no circle', async () => {
    const journal = new Journal()
    let toFirst!: ServiceContext
    let toSecond!: ServiceContext
    const first = journal.service('First', { onStart: (given) => void (toFirst = given) })
    const second = journal.service('Second', { needs: [first], onStart: (given) => void (toSecond = given) })
    const kid = new (journal.service('Kid', { needs: [second] }))()
    const app = await createTestApplication([first, second]).start()
    await toSecond.addChild(kid)
    await toSecond.removeChild(kid)
    await toFirst.addChild(kid)
    expect(warnings(app)).toHaveLength(1)
    journal.take()
    await app.stop()
    expect(journal.lines).toEqual(['Second.onStop', 'First.onStop', 'Kid.onStop'])
  })

  it('is ordered by all that its class needs, whatever was given to those before it', async () => {
    const journal = new Journal()
    const db = journal.service('Db')
    @Service()
    class Kid {
      readonly db = inject(db)
      onStop(): void {
        journal.note('Kid.onStop')
      }
    }
    let context!: ServiceContext
    const owner = journal.service('Owner', { onStart: (given) => void (context = given) })
    const app = await createTestApplication([owner, db]).start()
    await context.addChild(Kid, { providers: [{ provide: db, useValue: {} }] })
    await context.addChild(app.create(Kid))
    await context.addChild(Kid)
    journal.take()
    await app.service(db).stop()
    expect(journal.lines).toEqual(['Kid.onStop', 'Db.onStop'])
    expect(await rejection(context.addChild(Kid))).toMatchObject({ code: 'KEEL_START_FAILED' })
  })

  it('does not hold up its owner that stops what the child needs', async () => {
    const { journal, db, kid } = family()
    const owner = journal.service('Owner', {
      onStart: adding(kid),
      onStop: async () => app.service(db).stop()
    })
    const app: TestApplication = await createTestApplication([owner, db]).start()
    const begun = app.clock.monotonic()
    await app.stop()
    expect(app.clock.monotonic()).toBe(begun)
  })

  it('is told of its own end while its work waits for the end of what it needs', async () => {
    const journal = new Journal()
    const db = journal.service('Db')
    @DependsOn(db)
    @Service()
    class Kid {
      onStart({ addTask }: ServiceContext): void {
        addTask(async () => app.service(db).waitUntilStopped())
      }
    }
    const owner = journal.service('Owner', { onStart: adding(Kid) })
    const app = await createTestApplication([owner, db]).create()
    await app.start()
    const begun = app.clock.monotonic()
    await app.stop()
    expect(app.clock.monotonic()).toBe(begun)
  })

  it('runs on when what it merely wants is stopped by hand', async () => {
    const journal = new Journal()
    const cache = journal.service('Cache')
    const owner = journal.service('Owner', {
      onStart: adding(journal.service('Kid', { needs: [wanted(cache)] }))
    })
    const app = await createTestApplication([owner, cache]).start()
    await app.service(cache).stop()
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid running', 'Cache stopped'])
  })

  it('is stopped by hand in turn, the youngest first, and what goes wrong is told', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const db = journal.service('Db')
    const [one, two] = ['One', 'Two'].map((name) =>
      journal.service(name, { needs: [db], onStop: throws(boom) })
    )
    const owner = journal.service('Owner', { onStart: adding(one!, two!) })
    const app = await createTestApplication([owner, db]).start()
    journal.take()
    expect(((await rejection(app.service(db).stop())) as StopError).errors).toEqual([boom, boom])
    expect(journal.lines).toEqual(['Two.onStop', 'One.onStop', 'Db.onStop'])
    await app.stop()
  })

  it('starts without that when its owner is restarted, which is told', async () => {
    const { db, owner, create } = family()
    const app = await create().start()
    await app.service(db).stop()
    await app.service(owner).restart()
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid running', 'Db stopped'])
    expect(warnings(app)).toEqual([['Owner/Kid', 'starts without Db, which is stopped']])
  })

  it('that waits does not start when that comes once its owner is to stop', async () => {
    const { journal, db, kid } = family()
    let context!: ServiceContext
    const owner = journal.service('Owner', {
      onStart: (given) => void (context = given),
      onStop: takes(2000)
    })
    const app = await createTestApplication([owner, db]).start()
    const restarting = app.service(db).restart()
    const added = rejection(context.addChild(kid))
    await app.clock.settle()
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid waiting', 'Db starting'])
    const stopping = app.service(owner).stop()
    await app.clock.advance('2s')
    await Promise.all([restarting, stopping])
    expect(await added).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.lines).not.toContain('Kid.onStart')
    expect(states(app.services)).toEqual(['Owner stopped', 'Db running'])
  })

  it('that waits does not crash, nor start, when all stops', async () => {
    const { journal, db, kid } = family()
    let context!: ServiceContext
    const owner = journal.service('Owner', { onStart: (given) => void (context = given) })
    const app = await createTestApplication([owner, db], {
      supervisor: { backoff: { initial: 60_000 } }
    }).start()
    app.crash(db, new Error('boom'))
    await app.clock.settle()
    const added = rejection(context.addChild(kid))
    await app.clock.settle()
    expect(states(app.services)).toEqual(['Owner running', 'Owner/Kid waiting', 'Db backoff'])
    await app.stop()
    expect(await added).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(app.events.ofType('service.crashed').map(({ service }) => service)).toEqual(['Db'])
    expect(journal.lines).not.toContain('Kid.onStart')
  })

  it.each(['class', 'object'])(
    'is refused when it needs what is no service of the application: as a %s',
    async (kind) => {
      const journal = new Journal()
      const absent = journal.service('Absent')
      const lost = journal.service('Lost', { needs: [absent] })
      let context!: ServiceContext
      const owner = journal.service('Owner', { onStart: (given) => void (context = given) })
      const app = await createTestApplication([owner]).start()
      const error = (await rejection(context.addChild(kind === 'class' ? lost : new lost()))) as Error
      expect(kind === 'class' ? error : error.cause).toMatchObject({
        code: 'KEEL_UNKNOWN_TOKEN',
        message: expect.stringContaining(
          'the child Lost needs Absent, which is no service of this application, so that nobody starts it'
        )
      })
      expect(journal.lines).toEqual(['Owner.onStart'])
      expect(states(app.services)).toEqual(['Owner running'])
      await context.addChild(journal.service('Careless', { needs: [wanted(absent)] }))
      expect(states(app.services)).toEqual(['Owner running', 'Owner/Careless running'])
    }
  )
})
