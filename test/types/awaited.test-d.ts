// What is only awaited may be anything, see D49. Checked by `tsc` alone, and so nothing here runs.
import { expectTypeOf, it } from 'vitest'
import type { OnShutdown, OnStart, ServiceContext } from '../../src/service/index.js'
import { createTestContext } from '../../src/testing/index.js'
import type { FactoryProvider } from '../../src/tokens/index.js'

interface Pool {
  end(): Promise<{ readonly closed: number }>
}
interface Server {
  close(): this
}
type Release = () => void | Promise<void>

declare const context: ServiceContext
declare const pool: Pool
declare const server: Server
declare const open: Set<Server>

it('defer() takes a release whatever it returns, but nothing that is no function', () => {
  expectTypeOf(context.defer).toBeCallableWith(() => pool.end())
  expectTypeOf(context.defer).toBeCallableWith(() => server.close())
  expectTypeOf(context.defer).toBeCallableWith(() => open.delete(server))
  expectTypeOf(context.defer).toBeCallableWith(async () => {})
  expectTypeOf<Promise<unknown>>().not.toExtend<Parameters<typeof context.defer>[0]>()
})

it('a release, and a defer() of one’s own, may be spelled with void | Promise<void>', () => {
  const releases: Release[] = []
  createTestContext({ defer: (release) => void releases.push(release) })
  expectTypeOf<(release: Release) => void>().toExtend<ServiceContext['defer']>()
  expectTypeOf<ServiceContext['defer']>().toExtend<(release: Release) => void>()
})

it('dispose of a factory may return whatever it likes', () => {
  expectTypeOf((made: Pool) => made.end()).toExtend<FactoryProvider['dispose']>()
  expectTypeOf(() => open.delete(server)).toExtend<FactoryProvider['dispose']>()
})

it('a hook may return whatever it likes, and be called in another', () => {
  class Holder implements OnStart, OnShutdown {
    onStart(): Server {
      return server.close()
    }
    onShutdown(): Promise<{ readonly closed: number }> {
      return pool.end()
    }
  }
  class Traced implements OnStart {
    readonly inner: OnStart = new Holder()

    onStart(given: ServiceContext): void | Promise<void> {
      return this.inner.onStart(given)
    }
  }
  expectTypeOf<Traced>().toExtend<OnStart>()
})
