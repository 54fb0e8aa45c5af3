// The test kit, under a fake that reaches what was imported from node:timers before, as `syncBuiltinESMExports()` has it.
import assert from 'node:assert/strict'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import { Service, Timer } from 'keelson'
import { createTestApplication } from 'keelson/testing'

@Service()
class Reader {
  lines = 0
  @Timer('1m') read(): void {
    this.lines++
  }
}

void test('time moves', { timeout: 20_000 }, async () => {
  const timers = process.getBuiltinModule('node:timers')
  const never = (): never => ({ ref: () => {}, unref: () => {}, hasRef: () => false }) as never
  Object.assign(timers, { setTimeout: never, setImmediate: never })
  syncBuiltinESMExports()
  const app = await createTestApplication(Reader).start()
  await app.clock.advance('3m')
  assert.equal(app.get(Reader).lines, 3)
  await app[Symbol.asyncDispose]()
})
