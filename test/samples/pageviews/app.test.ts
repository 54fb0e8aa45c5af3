import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { describe, expect, it, vi } from 'vitest'
import { AppModule } from '../../../samples/pageviews/app.module.js'
import { Options } from '../../../samples/pageviews/config/options.js'
import { generateLog } from '../../../samples/pageviews/log/generate-log.js'
import { Aggregator } from '../../../samples/pageviews/stats/aggregator.js'
import { Database } from '../../../samples/pageviews/store/database.js'
import { Reports } from '../../../samples/pageviews/store/reports.js'
import { StoreModule } from '../../../samples/pageviews/store/store.module.js'
import { scratchDirectory } from './scratch.js'

const LINES = 8000

/** The application on virtual time, with a log of three days. */
async function start(given: Partial<Options> = {}) {
  const printed = vi.spyOn(console, 'log').mockReturnValue()
  const directory = scratchDirectory()
  const file = join(directory, 'access.log')
  writeFileSync(file, generateLog(LINES, 5))
  const options = new Options({ files: [file], database: join(directory, 'test.db'), port: 0, ...given })
  const clock = new TestClock('2025-11-30T23:50:00Z')
  const app = await createTestApplication(AppModule.with(options), { clock }).start()
  return { app, options, printed }
}

describe('the application', () => {
  it('has nothing to complain about in its wiring', async () => {
    expect(await validate(AppModule.with(new Options()))).toEqual({ problems: [] })
  })

  it('starts what others need first, and stops it last', async () => {
    const { app } = await start()
    await app.stop()
    const started = app.events.ofType('service.started').map(({ service }) => service)
    const stopped = app.events.ofType('service.stopped').map(({ service }) => service)
    for (const order of [started, stopped.toReversed()]) {
      const chain = ['Database', 'Migrations', 'StatsStore', 'Aggregator', 'Ingest', 'Dashboard']
      expect(order.filter((name) => chain.includes(name))).toEqual(chain)
    }
    await app[Symbol.asyncDispose]()
  })

  it('saves once a second what it has counted, and prints it', async () => {
    const { app, printed } = await start()
    await app.idle()
    const reports = app.get(Reports, { from: AppModule })
    expect(reports.totals().requests).toBe(0)
    await app.clock.advance('1s')
    const { requests, badLines } = reports.totals()
    expect(requests + badLines).toBe(LINES)
    await app.clock.advance('10s')
    expect(printed.mock.calls.flat().filter((line) => String(line).startsWith('8,000 lines'))).toHaveLength(1)
    await app[Symbol.asyncDispose]()
  })

  it('saves the last of it when it stops, so that the next run begins with the same figures', async () => {
    const { app, options, printed } = await start()
    await app.idle()
    await app[Symbol.asyncDispose]()
    const said = () => printed.mock.calls.flat().findLast((line) => String(line).startsWith('in all'))
    const before = said()
    expect(before).toContain('in all: 8,000 lines')
    const again = await createTestApplication(AppModule.with(options)).start()
    await again.idle()
    await again[Symbol.asyncDispose]()
    expect(said()).toBe(before)
  })

  it('rolls up days at night, and lets minutes go that are too old', async () => {
    const { app } = await start({ keepDays: 1 })
    await app.idle()
    await app.clock.advance('1s')
    const reports = app.get(Reports, { from: AppModule })
    const { requests } = reports.totals()
    const minutes = reports.minutes(100_000)
    expect(reports.days()).toEqual([])
    await app.clock.advance('15m') // from ten to midnight to five past
    const days = reports.days()
    expect(days.map(({ time }) => new Date(time * 1000).toISOString())).toEqual([
      '2025-11-07T00:00:00.000Z',
      '2025-11-08T00:00:00.000Z',
      '2025-11-09T00:00:00.000Z'
    ])
    expect(days.reduce((sum, day) => sum + day.requests, 0)).toBe(requests)
    expect(reports.totals().requests).toBe(requests)
    const kept = minutes.filter(({ time }) => time >= Date.UTC(2025, 10, 8) / 1000)
    expect(reports.minutes(100_000)).toEqual(kept)
    expect(kept.length).toBeLessThan(minutes.length)
    await app[Symbol.asyncDispose]()
  })

  it('is not ready while its database does not answer', async () => {
    const { app } = await start()
    await app.idle()
    await app.fire(Aggregator, 'flush')
    expect((await app.checkHealth()).ready).toBe(true)
    app.get(Database, { from: StoreModule }).onShutdown()
    const { ready, services } = await app.checkHealth()
    expect(ready).toBe(false)
    expect(services.filter((service) => !service.ready).map(({ name }) => name)).toEqual(['Database'])
    await app[Symbol.asyncDispose]()
  })
})
