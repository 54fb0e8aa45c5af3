// The test kit under node:test, with no other test runner around.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inject, Service, Timer } from 'keelson'
import { createTestApplication, createTestContext, slice } from 'keelson/testing'

@Service()
class Feed {
  readonly lines: string[] = []
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  @Timer('1m') read(): void {
    this.feed.lines.push('line')
  }
}

void test('time stands still until it is moved', async () => {
  await using app = await createTestApplication(slice(Reader)).start()
  assert.deepEqual(app.get(Feed).lines, [])
  await app.clock.advance('3m')
  assert.equal(app.get(Feed).lines.length, 3)
  assert.equal(app.events.ofType('timer.ran').length, 3)
})

void test('a crash rejects waitUntilStopped with its reason', async () => {
  const app = await createTestApplication(Reader).start()
  const reason = new Error('boom')
  app.crash(Reader, reason)
  await assert.rejects(app.waitUntilStopped(), reason)
})

void test('a context can be made by hand', () => {
  assert.equal(createTestContext().state, 'running')
})
