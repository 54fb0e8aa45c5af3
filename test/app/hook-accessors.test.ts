import { describe, expect, it } from 'vitest'
import { createApplication, Service, StartError, type StopError } from 'keelson'

/** The usual one: the method is bound to its instance when it is read first. */
function autobind(prototype: object, key: string, descriptor: PropertyDescriptor): PropertyDescriptor {
  const method = descriptor.value as (...args: unknown[]) => unknown
  return {
    configurable: true,
    get(this: object) {
      if (this === prototype) return method
      const bound = method.bind(this)
      Object.defineProperty(this, key, { configurable: true, writable: true, value: bound })
      return bound
    }
  }
}

describe('hooks behind a getter', () => {
  it('are called, whatever other services the process has seen', async () => {
    for (let n = 0; n < 2; n++) {
      const calls: string[] = []
      @Service()
      class Plain {}
      @Service()
      class Bound {
        readonly name = 'Bound'
        @autobind onStart(): void {
          calls.push(`${this.name}.onStart`)
        }
        @autobind onReady(): void {
          calls.push(`${this.name}.onReady`)
        }
        @autobind onStop(): void {
          calls.push(`${this.name}.onStop`)
        }
      }
      const hooks: string[] = []
      const app = await createApplication([Plain, Bound], { logger: false })
      app.events$.subscribe((event) => {
        if (event.type === 'hook.started') hooks.push(`${event.service}.${event.hook}`)
      })
      await app.start()
      await app.stop()
      expect(calls).toEqual(['Bound.onStart', 'Bound.onReady', 'Bound.onStop'])
      expect(hooks).toEqual(calls)
    }
  })

  it('that throws fail as the hook would', async () => {
    @Service()
    class Broken {
      get onStart(): () => void {
        throw new Error('boom')
      }
    }
    const app = await createApplication(Broken, { logger: false })
    const error: unknown = await app.start().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({ service: 'Broken', phase: 'onStart', cause: { message: 'boom' } })
    expect(app.state).toBe('stopped')
  })
})

describe('a hook that is a generator, which does nothing when it is called,', () => {
  const message = (hook: string): string => `KEEL_INVALID_OPTION: ${hook} of Feed is a generator`

  it.each(['onFirstStart', 'onStart', 'onStarted'])('fails the start as %s, and says so', async (hook) => {
    class Feed {}
    Object.assign(Feed.prototype, { async *[hook](): AsyncIterable<number> {} })
    Service()(Feed)
    const app = await createApplication(Feed, { logger: false })
    const error: unknown = await app.start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ service: 'Feed', phase: hook })
    expect((error as Error).cause).toMatchObject({ message: expect.stringContaining(message(hook)) })
    expect(app.state).toBe('stopped')
  })

  it.each(['onDrain', 'onStop', 'onShutdown'])('is an error of the stop as %s', async (hook) => {
    class Feed {}
    Object.assign(Feed.prototype, { *[hook](): Iterable<number> {} })
    Service()(Feed)
    const app = await createApplication(Feed, { logger: false })
    await app.start()
    const error: unknown = await app.stop().catch((thrown: unknown) => thrown)
    expect((error as StopError).failures).toMatchObject([
      { service: 'Feed', phase: hook, error: { message: expect.stringContaining(message(hook)) } }
    ])
  })
})
