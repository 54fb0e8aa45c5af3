import { describe, expect, it } from 'vitest'
import {
  createApplication,
  Module,
  Service,
  ServiceBase,
  type ServiceContext,
  StartError,
  StopError,
  Task,
  Timer
} from 'keelson'
import { createTestApplication } from 'keelson/testing'

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function nameless(): unknown {
  return Object.defineProperty(new Error('nameless'), 'name', {
    get() {
      throw new TypeError('Illegal invocation')
    }
  })
}

const circle = new Error('a circle')
circle.cause = circle

/** What can be thrown, and not be looked at. */
const ODD = {
  'a revoked proxy': revoked(),
  'an error whose name throws': nameless(),
  'a circle of causes': circle
}

describe.each(Object.entries(ODD))('%s that is thrown', (_, odd) => {
  it.each(['onFirstStart', 'onStart', 'onStarted', 'onReady'])(
    'by %s is the cause of the StartError',
    async (hook) => {
      class Odd {}
      Object.assign(Odd.prototype, { [hook]: () => Promise.reject(odd) })
      Service()(Odd)
      const app = await createApplication(Odd, { logger: false })
      const error = await app.start().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(StartError)
      expect(Object.is((error as StartError).cause, odd)).toBe(true)
      expect(app.state).toBe('stopped')
    }
  )

  it.each(['onDrain', 'onStop', 'onShutdown'])('by %s is one of the failures of the stop', async (hook) => {
    class Odd {}
    Object.assign(Odd.prototype, { [hook]: () => Promise.reject(odd) })
    Service()(Odd)
    const app = await createApplication(Odd, { logger: false })
    await app.start()
    const error = await app.stop().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StopError)
    expect((error as StopError).failures.map((failure) => failure.phase)).toEqual([hook])
    expect(Object.is((error as StopError).errors[0], odd)).toBe(true)
    expect(app.state).toBe('stopped')
  })

  it('by the onStop of a service that lives alone keeps it from nothing', async () => {
    const calls: string[] = []
    class Alone extends ServiceBase {
      onStop(): void {
        throw odd as Error
      }
      onShutdown(): void {
        calls.push('onShutdown')
      }
    }
    const service = new Alone()
    await service.start()
    await expect(service.stop()).rejects.toBeInstanceOf(StopError)
    expect([service.state, ...calls]).toEqual(['stopped', 'onShutdown'])
  })

  it('by a constructor is the cause of the StartError', async () => {
    @Service()
    class Odd {
      constructor() {
        throw odd as Error
      }
    }
    const error = await createApplication(Odd, { logger: false }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StartError)
    expect(Object.is((error as StartError).cause, odd)).toBe(true)
  })

  it.each(['task', 'timer', 'added'])(
    'by work, a %s, crashes its service, which is restarted',
    async (kind) => {
      let runs = 0
      const work = (): void => {
        if (++runs === 1) throw odd as Error
      }
      class Odd {
        onStart({ addTask }: ServiceContext): void {
          if (kind === 'added') void addTask(async () => work())
        }
        async task(): Promise<void> {
          if (kind === 'task') work()
        }
        timer(): void {
          if (kind === 'timer') work()
        }
      }
      const descriptor = (key: 'task' | 'timer'): PropertyDescriptor =>
        Object.getOwnPropertyDescriptor(Odd.prototype, key)!
      Task()(Odd.prototype, 'task', descriptor('task'))
      Timer('1s', { failAfter: 1 })(Odd.prototype, 'timer', descriptor('timer'))
      Service()(Odd)
      @Module({ providers: [Odd], supervisor: { backoff: false } })
      class App {}
      await using app = await createTestApplication(App).start()
      await app.clock.advance('3s')
      expect(app.service(Odd)).toMatchObject({ state: 'running', restartCount: 1 })
      expect(app.state).toBe('running')
    }
  )
})
