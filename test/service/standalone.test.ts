import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createApplication,
  DependsOn,
  Service,
  ServiceBase,
  Supervisor,
  StartError,
  StopError,
  Task,
  Timer,
  type KeelsonError,
  type ServiceContext,
  type ServiceSnapshot
} from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { rejection, throws } from '../app/journal.js'

/** A service whose hooks write their names down. */
class Traced extends ServiceBase {
  readonly seen: string[] = []
  onFirstStart(): void {
    this.seen.push('onFirstStart')
  }
  onStart(_context: ServiceContext): unknown {
    this.seen.push('onStart')
    return undefined
  }
  onStarted(): void {
    this.seen.push('onStarted')
  }
  onReady(): unknown {
    this.seen.push('onReady')
    return undefined
  }
  onDrain(): unknown {
    this.seen.push('onDrain')
    return undefined
  }
  onStop(): unknown {
    this.seen.push('onStop')
    return undefined
  }
  onShutdown(): void {
    this.seen.push('onShutdown')
  }
  onRestart(): void {
    this.seen.push('onRestart')
  }
}

// A service without an application lives on the clock of the machine: here, a fake one.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a service without a container that fails', () => {
  it.each([
    ['at once', throws(new Error('boom'))],
    ['later', () => Promise.reject(new Error('boom'))]
  ])(
    'to start, %s, rejects with the StartError of an application, and releases what it held',
    async (_, body) => {
      class Failing extends Traced {
        override onStart(context: ServiceContext): unknown {
          context.defer(() => void this.seen.push('released'))
          return body(context)
        }
      }
      const service = new Failing()
      const error = await rejection(service.start())
      expect(error).toBeInstanceOf(StartError)
      expect(error).toMatchObject({ service: 'Failing', path: ['Failing'], phase: 'onStart', errors: [] })
      expect((error as Error).cause).toEqual(new Error('boom'))
      expect(service.seen).toEqual(['onFirstStart', 'released', 'onShutdown'])
      expect(service.state).toBe('crashed')
    }
  )

  it('in its roll-back too tells both', async () => {
    class Failing extends Traced {
      override onReady(): never {
        throw new Error('not ready')
      }
      override onStop(): never {
        throw new Error('nor to stop')
      }
    }
    const error = (await rejection(new Failing().start())) as StartError
    expect(error).toMatchObject({ phase: 'onReady', cause: new Error('not ready') })
    expect(error.errors).toEqual([new Error('nor to stop')])
  })

  it('to start in time rejects, naming the hook', async () => {
    @Service({ startTimeout: '2s', stopTimeout: '1s' })
    class Hanging extends ServiceBase {
      onStart(): Promise<never> {
        return new Promise(() => {})
      }
    }
    const failed = rejection(new Hanging().start())
    await vi.advanceTimersByTimeAsync(2000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await failed).toMatchObject({ phase: 'onStart', cause: { code: 'KEEL_START_TIMEOUT' } })
  })

  it('to stop rejects with a StopError, once everything has been stopped', async () => {
    const boom = new Error('boom')
    class Failing extends Traced {
      override onStop(): never {
        throw boom
      }
    }
    const service = new Failing()
    await service.start()
    const error = (await rejection(service.stop())) as StopError
    expect(error).toBeInstanceOf(StopError)
    expect(error.failures).toEqual([{ service: 'Failing', phase: 'onStop', error: boom }])
    expect(service.seen.at(-1)).toBe('onShutdown')
    expect(service.state).toBe('stopped')
  })

  it('to drain is told with the errors of the stop', async () => {
    const [drain, stop] = [new Error('drain'), new Error('stop')]
    class Failing extends Traced {
      override onDrain(): never {
        throw drain
      }
      override onStop(): never {
        throw stop
      }
    }
    const service = new Failing()
    await service.start()
    const error = (await rejection(service.stop())) as StopError
    expect(error.failures).toEqual([
      { service: 'Failing', phase: 'onDrain', error: drain },
      { service: 'Failing', phase: 'onStop', error: stop }
    ])
  })

  it('in a child names the child and the way to it', async () => {
    class Child extends Traced {
      override onReady(): never {
        throw new Error('not ready')
      }
    }
    class Owner extends Traced {
      readonly child = new Child()
      override onStart(context: ServiceContext): unknown {
        return context.addChild(this.child)
      }
    }
    const owner = new Owner()
    const error = await rejection(owner.start())
    expect(error).toMatchObject({ service: 'Owner/Child', path: ['Owner', 'Owner/Child'], phase: 'onReady' })
    expect(owner.state).toBe('stopped')
  })

  it('within `await using` fails there, and leaves nothing running', async () => {
    class Failing extends Traced {
      override onStart(): never {
        throw new Error('boom')
      }
    }
    let service: Failing | undefined
    const error = await rejection(
      (async () => {
        await using failing = new Failing()
        service = failing
        await failing.start()
      })()
    )
    expect(error).toBeInstanceOf(StartError)
    expect(service!.seen).toEqual(['onFirstStart', 'onShutdown'])
  })

  it('while it runs releases what it held, and tells those who wait for its end', async () => {
    const boom = new Error('boom')
    const service = new Traced()
    await service.start()
    const ended = rejection(service.waitUntilStopped())
    service.addTask(() => Promise.reject(boom))
    expect(await ended).toBe(boom)
    expect(service.seen.slice(-2)).toEqual(['onStop', 'onShutdown'])
    expect(await rejection(service.waitUntilStopped())).toBe(boom)
    expect(service.state).toBe('crashed')
    await service.start()
    expect(service.state).toBe('running')
    await service.stop()
  })
})

describe('what cannot be without a container', () => {
  @Service()
  class Database {}

  it('is @DependsOn: the start is refused', async () => {
    @Service()
    @DependsOn(Database)
    class Api extends Traced {}
    const api = new Api()
    const error = await rejection(api.start())
    expect(error).toMatchObject({ code: 'KEEL_NO_CONTAINER', service: 'Api' })
    expect((error as Error).message).toContain('Api depends on Database')
    expect(api.seen).toEqual([])
    expect(await rejection(api.restart())).toEqual(error)
    const app = await createTestApplication([api, Database]).start()
    expect(api.state).toBe('running')
    await app.stop()
  })

  it('is @DependsOn of a child too: the start of its owner fails', async () => {
    @Service()
    @DependsOn(Database)
    class Worker extends Traced {}
    @DependsOn(Database)
    class Plain {}
    const worker = new Worker()
    for (const child of [worker, new Plain()]) {
      const pool = new Supervisor([child])
      expect(await rejection(pool.start())).toMatchObject({ cause: { code: 'KEEL_NO_CONTAINER' } })
      expect(pool.state).toBe('crashed')
    }
    expect(worker.seen).toEqual([])
  })

  it('is a child whose class has a constructor with parameters', async () => {
    class Child {
      constructor(readonly url: string) {}
    }
    const owner = new Traced()
    await owner.start()
    const error = await rejection(owner.addChild(Child))
    expect((error as Error).message).toContain('Traced cannot construct Child')
    await owner.stop()
  })
})

describe('a service without a container', () => {
  it('has no side effects until it starts', async () => {
    const service = new Traced()
    expect(service.name).toBe('Traced')
    expect(service.state).toBe('init')
    expect(vi.getTimerCount()).toBe(0)
    await service.stop()
    expect(service.state).toBe('init')
    expect(service.seen).toEqual([])
  })

  it('starts, restarts and stops with all hooks in order', async () => {
    const service = new Traced()
    await service.start()
    expect(service.seen.splice(0)).toEqual(['onFirstStart', 'onStart', 'onStarted', 'onReady'])
    await service.restart()
    expect(service.seen.splice(0)).toEqual(['onStop', 'onShutdown', 'onRestart', 'onStart', 'onStarted'])
    await service.stop()
    expect(service.seen.splice(0)).toEqual(['onDrain', 'onStop', 'onShutdown'])
    await service.start()
    expect(service.seen.splice(0)).toEqual(['onStart', 'onStarted', 'onReady'])
    await service.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is stopped by `await using`', async () => {
    const service = new Traced()
    {
      await using running = service
      await running.start()
    }
    expect(service.state).toBe('stopped')
  })

  it('refuses a second start by name, and maybeStart waits for one that is under way', async () => {
    class Slow extends ServiceBase {
      onStart(): Promise<boolean> {
        return this.sleep('1s')
      }
    }
    const service = new Slow()
    const starting = service.start()
    expect(service.start()).toBe(starting)
    const second = service.maybeStart()
    await vi.advanceTimersByTimeAsync(1000)
    await starting
    expect(await second).toBe(false)
    const error = await rejection(service.start())
    expect(error).toMatchObject({ code: 'KEEL_ALREADY_STARTED', service: 'Slow' })
    expect((error as Error).message).toContain('Slow is already running')
    await service.stop()
    const again = service.maybeStart()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await again).toBe(true)
    await service.stop()
  })

  it('can stop itself from each of its hooks', async () => {
    for (const hook of [
      'onFirstStart',
      'onStart',
      'onStarted',
      'onReady',
      'onDrain',
      'onStop',
      'onShutdown'
    ] as const) {
      class Stopping extends ServiceBase {
        async [hook as 'onStart'](): Promise<void> {
          await this.stop('from within')
        }
      }
      const service = new Stopping()
      await service.start().catch(() => {})
      await service.stop()
      expect(service.state, hook).toBe('stopped')
    }
  })

  it('that drains while its onReady runs waits for both before it shuts down', async () => {
    class Slow extends Traced {
      override async onReady(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 2000))
        this.seen.push('ready')
      }
      override async onDrain(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 1000))
        this.seen.push('drained')
      }
    }
    const service = new Slow()
    const starting = rejection(service.start())
    await vi.advanceTimersByTimeAsync(500)
    const stopping = service.stop()
    await vi.advanceTimersByTimeAsync(2000)
    await stopping
    expect(await starting).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(service.seen.slice(3)).toEqual(['drained', 'ready', 'onStop', 'onShutdown'])
  })

  it('refuses to wait for itself', async () => {
    class Waiting extends ServiceBase {
      errors: unknown[] = []
      async onStart(): Promise<void> {
        this.errors.push(await rejection(this.start()), await rejection(this.maybeStart()))
        this.errors.push(await rejection(this.waitUntilStopped()))
      }
    }
    const service = new Waiting()
    await service.start()
    expect(service.errors).toMatchObject([1, 2, 3].map(() => ({ code: 'KEEL_SELF_WAIT' })))
    await service.stop()
  })

  it('runs its tasks and timers, and its children', async () => {
    class Child extends Traced {}
    class Worker extends ServiceBase {
      readonly seen: string[] = []
      readonly child = new Child()
      async onStart(): Promise<void> {
        await this.addChild(this.child)
      }
      @Task() async work(): Promise<void> {
        while (await this.sleep('1s')) this.seen.push('work')
        this.seen.push(`end ${String(this.shouldStop)} ${String(this.signal.aborted)}`)
      }
      @Timer('2s') tick(): void {
        this.seen.push('tick')
      }
    }
    const worker = new Worker()
    await worker.start()
    expect(worker.child).toMatchObject({ name: 'Worker/Child', state: 'running' })
    await vi.advanceTimersByTimeAsync(3000)
    await worker.stop()
    expect(worker.seen).toEqual(['work', 'tick', 'work', 'work', 'end true true'])
    expect(worker.child.state).toBe('stopped')
  })

  it('tells its children too when all of it runs, and before any of it stops', async () => {
    class Owner extends Traced {
      readonly child = new Traced()
      override onStart(context: ServiceContext): unknown {
        return context.addChild(this.child)
      }
    }
    const owner = new Owner()
    await owner.start()
    const { child } = owner
    expect(child.seen.splice(0)).toEqual(['onFirstStart', 'onStart', 'onStarted', 'onReady'])
    await owner.stop()
    expect(child.seen).toEqual(['onDrain', 'onStop', 'onShutdown'])
  })

  it('can be added again by the next run of its owner', async () => {
    class Owner extends ServiceBase {
      readonly child = new Traced()
      async onStart(): Promise<void> {
        await this.addChild(this.child)
      }
    }
    const owner = new Owner()
    await owner.start()
    await owner.restart()
    expect(owner.child).toMatchObject({ name: 'Owner/Traced', state: 'running' })
    expect(owner.child.seen.filter((hook) => hook === 'onFirstStart')).toHaveLength(1)
    await owner.stop()
  })

  it('shows its state as a stream that replays', async () => {
    const service = new Traced()
    const seen: ServiceSnapshot[] = []
    service.state$.subscribe((snapshot) => seen.push(snapshot))
    await service.start()
    await service.stop()
    expect(seen.map(({ state, run }) => `${state} ${run}`)).toEqual([
      'init 0',
      'waiting 1',
      'starting 1',
      'running 1',
      'stopping 1',
      'stopped 1'
    ])
    expect(seen[1]).toMatchObject({ service: 'Traced', since: Date.now(), restartCount: 0 })
    expect(String(service)).toBe('<Traced: stopped>')
    expect(JSON.parse(JSON.stringify(service))).toMatchObject({ service: 'Traced', state: 'stopped' })
  })

  it('in an application is a service like any other', async () => {
    const service = new Traced()
    const app = await createApplication(service, { logger: false, name: 'Shop' })
    await app.start()
    expect(app.services).toHaveLength(1)
    expect(app.services[0]).toMatchObject({ name: 'Traced', path: 'Shop/Traced', state: 'running' })
    expect(service.state).toBe('running')
    await app.stop()
    expect(service.seen).toEqual([
      ...['onFirstStart', 'onStart', 'onStarted', 'onReady'],
      ...['onDrain', 'onStop', 'onShutdown']
    ])
  })

  it.each(['starts', 'drains'])(
    'that is started in the turn in which it was stopped, while it %s, is started after the stop',
    async (moment) => {
      const seen: string[] = []
      const slow = (line: string): Promise<void> => {
        seen.push(line)
        return new Promise((resolve) => setTimeout(resolve, 100))
      }
      class Slow extends ServiceBase {
        onStart(): Promise<void> | undefined {
          return moment === 'starts' && seen.length === 0 ? slow('start') : void seen.push('start')
        }
        onShutdown(): void {
          seen.push('end')
        }
      }
      if (moment === 'drains') Object.assign(Slow.prototype, { onDrain: () => slow('drain') })
      const service = new Slow()
      const first = service.start().catch((error: KeelsonError) => error.code)
      if (moment !== 'starts') await first
      const stopping = service.stop()
      const starting = service.maybeStart()
      await vi.advanceTimersByTimeAsync(500)
      expect([await first, await stopping, await starting]).toEqual([
        moment === 'starts' ? 'KEEL_START_ABORTED' : undefined,
        undefined,
        true
      ])
      expect(service.state).toBe('running')
      expect(seen.filter((line) => line !== 'drain')).toEqual(['start', 'end', 'start'])
    }
  )

  it('that asks for its start in its own onStop is refused that, while it is restarted too', async () => {
    const asked: unknown[] = []
    class Restless extends ServiceBase {
      async onStop(): Promise<void> {
        asked.push(await rejection(this.start()))
      }
    }
    const service = new Restless()
    await service.start()
    await service.restart()
    await service.stop()
    expect(asked).toMatchObject([{ code: 'KEEL_ILLEGAL_TRANSITION' }, { code: 'KEEL_ILLEGAL_TRANSITION' }])
  })

  it('that is restarted while it drains is not stopped by that stop again', async () => {
    const service = new Traced()
    await service.start()
    const stopping = service.stop()
    const restarting = service.restart()
    await Promise.all([stopping, restarting])
    await vi.advanceTimersByTimeAsync(100)
    expect(service.state).toBe('running')
    expect(service.seen.filter((hook) => hook === 'onStop' || hook === 'onRestart')).toEqual([
      'onStop',
      'onRestart'
    ])
  })

  it('releases what its constructor has taken when it is disposed of, though it never ran, and once', async () => {
    const released: string[] = []
    class Holder extends ServiceBase {
      constructor(name: string) {
        super()
        this.context.defer(() => void released.push(name))
      }
    }
    {
      await using holder = new Holder('owner')
      void holder.addChild(new Holder('child'))
    }
    expect(released.splice(0)).toEqual(['child', 'owner'])
    {
      await using holder = new Holder('run')
      await holder.start()
      await holder.stop()
      expect(released).toEqual(['run'])
    }
    expect(released).toEqual(['run'])
  })

  it('that cannot release what its constructor has taken tells so at its disposal', async () => {
    const boom = new Error('boom')
    class Holder extends ServiceBase {
      constructor() {
        super()
        this.context.defer(() => {
          throw boom
        })
      }
    }
    const error = await rejection(new Holder()[Symbol.asyncDispose]())
    expect(error).toBeInstanceOf(StopError)
    expect((error as StopError).failures).toEqual([{ service: 'Holder', phase: 'release', error: boom }])
  })

  it('may use its members while it is constructed by an application', async () => {
    @Service()
    class Eager extends ServiceBase {
      readonly seen: string[] = []
      readonly context2 = this.context
      readonly task = this.addTask(async ({ name }) => void this.seen.push(name))
    }
    const app = await createTestApplication(Eager, { name: 'Shop' }).start()
    const eager = app.get(Eager)
    expect(eager.seen).toEqual(['Eager'])
    expect(app.service(Eager)).toMatchObject({ state: 'running', path: 'Shop/Eager' })
    expect(eager.context2.path).toBe('Shop/Eager')
    await app.stop()
  })
})

describe('ServiceBase.from', () => {
  it.each([
    [[5], 'the work of ServiceBase.from() must be a function, but is 5.'],
    [[async () => {}, null], 'what stands in the parentheses of ServiceBase.from() must be an object'],
    [[async () => {}, { name: '' }], 'name of ServiceBase.from() must be a string that is not empty'],
    [[async () => {}, { nmae: 'Import' }], "ServiceBase.from() has no option 'nmae'."]
  ])('refuses what it cannot make a service of (%#)', (args, message) => {
    expect(() => ServiceBase.from(...(args as Parameters<typeof ServiceBase.from>))).toThrow(message)
  })

  it('crashes when the work fails, though at once: its start was no failure', async () => {
    const boom = new Error('boom')
    const service = ServiceBase.from(() => Promise.reject(boom), { name: 'Import' })
    await service.start()
    expect(await rejection(service.waitUntilStopped())).toBe(boom)
    expect(service.state).toBe('crashed')
  })

  it('makes a service of one piece of work, which stops when the work is done', async () => {
    const seen: string[] = []
    const work = async (signal: AbortSignal): Promise<void> => {
      seen.push(`begin ${String(signal.aborted)}`)
      await new Promise((resolve) => setTimeout(resolve, 1000))
      seen.push('end')
    }
    const service = ServiceBase.from(work, { name: 'Import' })
    expect(service.name).toBe('Import')
    await service.start()
    expect(service.state).toBe('running')
    await vi.advanceTimersByTimeAsync(1000)
    await service.waitUntilStopped()
    expect(seen).toEqual(['begin false', 'end'])
    expect(service.state).toBe('stopped')
  })

  it('tells the work to end, and waits for it', async () => {
    const seen: string[] = []
    const service = ServiceBase.from(async (signal) => {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve())
      })
      seen.push((signal.reason as Error).name)
    })
    await service.start()
    await service.stop()
    expect(seen).toEqual(['AbortError'])
  })
})
