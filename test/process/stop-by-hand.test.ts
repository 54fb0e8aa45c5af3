import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { bootstrap, Module, Service, type Application, type Class, type KeelsonError } from 'keelson'
import { rejection, thrown } from '../app/journal.js'

/** A factory's value whose disposal takes some turns of the event loop. */
function poolOf(dispose: () => unknown): Class {
  @Module({ providers: [{ provide: 'pool', useFactory: () => ({}), dispose }] })
  class PoolModule {}
  return PoolModule
}

function boot(pool: Class, ...services: Class[]): Promise<Application> {
  @Module({ imports: [pool], providers: services })
  class Shop {}
  return bootstrap(Shop, { signals: false, logger: false })
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a stop by hand of what bootstrap() has started', () => {
  it('is over once what factories made is disposed of too', async () => {
    const disposed: string[] = []
    const app = await boot(poolOf(() => turn().then(() => disposed.push('pool'))))
    const stopping = app.stop()
    expect(app.stop()).toBe(stopping)
    await stopping
    expect(disposed).toEqual(['pool'])
    expect(thrown(() => app.get('pool'))).toMatchObject({ code: 'KEEL_DISPOSED' })
    expect(app.stop()).toBe(stopping)
  })

  it('that fails is told then', async () => {
    const disposed: string[] = []
    @Service()
    class Broken {
      onStop(): void {
        throw new Error('no reply')
      }
    }
    const app = await boot(
      poolOf(() => turn().then(() => disposed.push('pool'))),
      Broken
    )
    expect(await rejection(app.stop())).toMatchObject({ code: 'KEEL_STOP_FAILED' })
    expect(disposed).toEqual(['pool'])
  })

  it('does not fail because of a disposal that does, which is printed where the log is silent', async () => {
    const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const app = await boot(poolOf(() => turn().then(() => Promise.reject(new Error('no reply')))))
    await app.stop()
    expect(app.state).toBe('stopped')
    await turn()
    expect(printed.mock.calls.join('')).toContain('no reply')
  })

  it('is told after a second where the disposal waits for whoever has asked for it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    let answer!: () => void
    const request = new Promise<void>((resolve) => (answer = resolve))
    const disposed: string[] = []
    const app = await boot(poolOf(() => request.then(() => disposed.push('pool'))))
    const stopping = app.stop().then(answer)
    await vi.advanceTimersByTimeAsync(999)
    expect(disposed).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await stopping
    await app[Symbol.asyncDispose]()
    expect(disposed).toEqual(['pool'])
  })

  it('that a disposal asks for is not made to wait for it', async () => {
    const disposed: string[] = []
    const pool = poolOf(() => app.stop().then(() => disposed.push('pool')))
    const app: Application = await boot(pool)
    await app.stop()
    expect(disposed).toEqual(['pool'])
  })

  it('refuses another start', async () => {
    const app = await boot(poolOf(() => undefined))
    await app.stop()
    expect(((await rejection(app.start())) as KeelsonError).code).toBe('KEEL_DISPOSED')
  })
})
