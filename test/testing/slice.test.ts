import { describe, expect, it } from 'vitest'
import { DependsOn, inject, Inject, Injectable, InjectionToken, Module, Service } from 'keelson'
import { createTestApplication, slice } from 'keelson/testing'
import { rejection } from '../app/journal.js'

const MAILER = new InjectionToken<{ readonly kind: string }>('MAILER')
const constructed: string[] = []

@Service()
class Database {
  constructor() {
    constructed.push('Database')
  }
}
@Injectable()
class Repository {
  constructor(readonly database: Database) {
    constructed.push('Repository')
  }
}
@Service()
class Orders {
  constructor(readonly repository: Repository) {
    constructed.push('Orders')
  }
}
@Service()
class Reports {
  constructor(
    readonly orders: Orders,
    @Inject(MAILER) readonly mailer: { readonly kind: string }
  ) {
    constructed.push('Reports')
  }
}
@Module({
  providers: [
    Database,
    Repository,
    Orders,
    Reports,
    { provide: MAILER, useFactory: () => ({ kind: 'smtp' }) }
  ]
})
class AppModule {}

describe('a slice', () => {
  it('that needs what no module provides is refused', async () => {
    expect(await rejection(createTestApplication(slice(Reports)).create())).toMatchObject({
      problems: [{ code: 'KEEL_MISSING_PROVIDER' }]
    })
  })

  it('of no modules tells how to name the modules that have what is missing, and so it is found', async () => {
    const error = await rejection(createTestApplication(slice(Reports)).create())
    expect(error).toMatchObject({
      hint: 'Add { provide: MAILER, … } to the option providers, or name the modules that have it: slice(…, { from: AppModule }), or make it optional.'
    })
    const sound = await createTestApplication(slice(Reports, { from: AppModule })).create()
    expect(sound.get(Reports).mailer).toEqual({ kind: 'smtp' })
  })

  it('tells of a service that it left out, since only inject() of what is made later needs it', async () => {
    @Injectable({ lifetime: 'scoped' })
    class Controller {
      readonly database = inject(Database)
    }
    @Module({ providers: [Database, Repository, Orders, Controller] })
    class Web {}
    const app = await createTestApplication(slice(Controller, { from: Web })).start()
    const scope = app.createScope()
    expect(await rejection((async () => scope.get(Controller))())).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      message: expect.stringContaining(
        'Controller injects Database: Database is a service, but was left out'
      ) as string,
      hint: 'Name it as well, as in slice([Controller, Database], …), or declare on Controller what its constructor asks for only when it runs: @DependsOn(Database).'
    })
    expect(await rejection((async () => app.get(Orders))())).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      hint: 'Name it as well, as in slice([Controller, Orders], …).'
    })
  })

  it.each(['named', 'declared'])(
    'has a service that only inject() of what is made later needs, if it is %s',
    async (way) => {
      @Injectable({ lifetime: 'scoped' })
      class Controller {
        readonly database = inject(Database)
      }
      if (way === 'declared') DependsOn(Database)(Controller)
      @Module({ providers: [Database, Repository, Orders, Controller] })
      class Web {}
      const tokens = way === 'named' ? [Controller, Database] : [Controller]
      const app = await createTestApplication(slice(tokens, { from: Web })).start()
      expect(app.createScope().get(Controller).database).toBe(app.get(Database))
    }
  )

  it('constructs and starts a service and all it needs, and nothing else', async () => {
    constructed.length = 0
    const app = await createTestApplication(slice(Orders)).start()
    expect(constructed).toEqual(['Database', 'Repository', 'Orders'])
    expect(app.services.map(String)).toEqual(['<Database: running>', '<Orders: running>'])
  })

  it('takes what stands behind its tokens from the modules of an application', async () => {
    constructed.length = 0
    const app = await createTestApplication(slice(Reports, { from: AppModule })).start()
    expect(constructed).toEqual(['Database', 'Repository', 'Orders', 'Reports'])
    expect(app.get(Reports).mailer.kind).toBe('smtp')
  })

  it('of modules leaves out what its tokens do not need', async () => {
    constructed.length = 0
    const app = await createTestApplication(slice([Orders], { from: AppModule })).start()
    expect(constructed).not.toContain('Reports')
    expect(app.services.map(({ name }) => name)).toEqual(['Database', 'Orders'])
  })

  it('may have parts of it overridden', async () => {
    constructed.length = 0
    const app = await createTestApplication(slice(Orders))
      .override(Repository)
      .useValue({ kind: 'fake' })
      .start()
    expect(constructed).toEqual(['Orders'])
    expect(app.services.map(({ name }) => name)).toEqual(['Orders'])
  })

  it('of several tokens is all that any of them needs', async () => {
    const app = await createTestApplication(slice([MAILER, Database], { from: AppModule })).start()
    expect(app.get(MAILER).kind).toBe('smtp')
    expect(app.services.map(({ name }) => name)).toEqual(['Database'])
  })
})
