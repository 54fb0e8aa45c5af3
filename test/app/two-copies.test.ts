import { describe, expect, it, vi } from 'vitest'
import { Clock, createApplication, Module, Service, type ServiceContext, Supervisor, validate } from 'keelson'

/** What a library has that was installed with a copy of the package of its own. */
async function anotherCopy(): Promise<typeof import('keelson')> {
  vi.resetModules()
  return import('keelson')
}

describe('a service that extends ServiceBase of another copy of the package', () => {
  const refused = {
    code: 'KEEL_INVALID_OPTION',
    message: expect.stringMatching(/(Theirs|Supervisor) extends .* of another copy of keelson/),
    hint: expect.stringContaining('`npm ls keelson`')
  }

  it('is refused as an instance: the root, a value, what a factory makes', async () => {
    const { ServiceBase } = await anotherCopy()
    class Theirs extends ServiceBase {}
    @Module({ providers: [{ provide: Theirs, useValue: new Theirs() }] })
    class OfValue {}
    @Module({ providers: [{ provide: Theirs, useFactory: () => new Theirs() }] })
    class OfFactory {}
    for (const root of [new Theirs(), [new Theirs()], OfValue, OfFactory])
      await expect(createApplication(root, { logger: false })).rejects.toMatchObject(refused)
  })

  it('is refused as a class, marked or not', async () => {
    const { ServiceBase, Service: theirService } = await anotherCopy()
    class Theirs extends ServiceBase {}
    @Module({ providers: [Theirs] })
    class Root {}
    await expect(createApplication(Root, { logger: false })).rejects.toMatchObject(refused)
    await expect(createApplication(Theirs, { logger: false })).rejects.toMatchObject(refused)
    ;(theirService() as ClassDecorator)(Theirs)
    await expect(createApplication(Root, { logger: false })).rejects.toMatchObject(refused)
  })

  it('is told by validate() of each, with all else that is wrong', async () => {
    const { ServiceBase } = await anotherCopy()
    class Theirs extends ServiceBase {}
    class Others extends Theirs {}
    class Lost {}
    @Module({ providers: [Theirs, Others, { provide: 'alias', useExisting: Lost }] })
    class Root {}
    const { problems } = await validate(Root)
    expect(problems.map(({ code, path }) => [code, ...path])).toEqual([
      ['KEEL_MISSING_PROVIDER', 'Root'],
      ['KEEL_INVALID_OPTION', 'Root', 'Theirs'],
      ['KEEL_INVALID_OPTION', 'Root', 'Others']
    ])
    expect(problems[2]).toMatchObject({ ...refused, message: expect.stringMatching(/^Others extends /) })
  })

  it('is refused as a child, instance or class, which keeps nothing', async () => {
    const other = await anotherCopy()
    class Theirs extends other.ServiceBase {}
    const errors: unknown[] = []
    @Service()
    class Owner {
      async onStart({ addChild }: ServiceContext): Promise<void> {
        for (const child of [new Theirs(), Theirs, new other.Supervisor()])
          await addChild(child).catch((error: unknown) => errors.push(error))
      }
    }
    await using app = await createApplication(Owner, { logger: false })
    await app.start()
    expect(errors).toMatchObject([refused, refused, refused])
    expect(app.services.map(({ name }) => name)).toEqual(['Owner'])
  })

  it('is refused by a Supervisor', async () => {
    const { ServiceBase } = await anotherCopy()
    class Theirs extends ServiceBase {}
    expect(() => new Supervisor([new Theirs()])).toThrow(expect.objectContaining(refused))
    await expect(new Supervisor().add(new Theirs())).rejects.toMatchObject(refused)
  })
})

describe('a built-in token of another copy of the package', () => {
  it.each(['Application', 'ServiceContext', 'Clock', 'LOGGER', 'Scope'] as const)(
    '%s is told as such where it is asked for',
    async (name) => {
      const other = await anotherCopy()
      class Reader {
        constructor(readonly given: unknown) {}
      }
      ;(Service({ inject: [other[name]] }) as ClassDecorator)(Reader)
      expect((await validate(Reader)).problems).toMatchObject([
        {
          code: 'KEEL_MISSING_PROVIDER',
          hint: expect.stringMatching(`^That is the ${name} of another copy of keelson, .*\`npm ls keelson\``)
        }
      ])
    }
  )

  it('is told neither from a class that extends it, nor from one of the same name', async () => {
    const other = await anotherCopy()
    abstract class Slow extends other.Clock {}
    abstract class Quick extends Clock {}
    const Named = { Clock: class {} }.Clock
    class Reader {
      constructor(
        readonly slow: unknown,
        readonly quick: unknown,
        readonly named: unknown
      ) {}
    }
    ;(Service({ inject: [Slow, Quick, Named] }) as ClassDecorator)(Reader)
    const { problems } = await validate(Reader)
    expect(problems.map(({ hint }) => hint)).toEqual(
      Array.from({ length: 3 }, () => expect.not.stringContaining('another copy'))
    )
  })
})
