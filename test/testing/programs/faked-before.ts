// The test kit, loaded while time is faked already: by the setup of a test runner, or since a test imports it late.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as timers from 'node:timers'
import type { ServiceContext } from 'keelson'

/** As a fake does it that nobody moves on. */
const never = (): never => ({ ref: () => {}, unref: () => {}, hasRef: () => false }) as never
Object.assign(globalThis, { setTimeout: never, setImmediate: never })
Object.defineProperty(globalThis, 'performance', { value: { now: () => 0 } })

void test(
  'time moves, real work is waited for, and a sleep cut short gives way',
  { timeout: 20_000 },
  async () => {
    const { Service, Task, Timer } = await import('keelson')
    const { createTestApplication } = await import('keelson/testing')

    @Service({ startTimeout: '5ms' })
    class Reader {
      lines = 0
      turns = 0
      async onStart(): Promise<void> {
        await new Promise((resolve) => {
          timers.setTimeout(resolve, 60)
        })
      }
      @Timer('1m') read(): void {
        this.lines++
      }
      @Task() async stubborn({ sleep }: ServiceContext): Promise<void> {
        for (let n = 0; n < 3; n++) await sleep('1h')
        this.turns++
      }
    }
    const app = await createTestApplication(Reader).start()
    await app.clock.advance('3m')
    const reader = app.get(Reader)
    assert.equal(reader.lines, 3)
    await app.until(Reader, 'running')
    await app.idle()
    await app[Symbol.asyncDispose]()
    assert.equal(reader.turns, 1)
  }
)
