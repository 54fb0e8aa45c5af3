import { createTestApplication } from 'keelson/testing'
import { describe, expect, it } from 'vitest'
import { BakeryModule, Mill, Stock } from './stock.js'

/** Sells as long as it is open. */
class FakeMill extends Mill {
  readonly orders: number[] = []
  isOpen = true

  async order(kilos: number): Promise<void> {
    if (!this.isOpen) throw new Error('the mill is closed')
    this.orders.push(kilos)
  }
}

describe('the stock', () => {
  it('crashes when the mill has been closed three times in a row', async () => {
    const mill = new FakeMill()
    mill.isOpen = false
    await using app = await createTestApplication(BakeryModule).override(Mill).useValue(mill).start()
    await app.clock.advance('5h')
    expect(app.service(Stock).state).toBe('crashed')
    await expect(app.waitUntilStopped()).rejects.toThrow('the mill is closed')
  })

  it('orders flour before it runs out, and no more than that', async () => {
    const mill = new FakeMill()
    await using app = await createTestApplication(BakeryModule).override(Mill).useValue(mill).start()
    await app.clock.advance('2h')
    expect(mill.orders).toEqual([])
    await app.clock.advance('1h')
    expect(mill.orders).toEqual([100])
    expect(app.get(Stock).kilos).toBe(140)
    expect(app.events.ofType('timer.ran')).toHaveLength(3)
  })

  it('says what it has when it starts', async () => {
    await using app = await createTestApplication(BakeryModule).override(Mill).useClass(FakeMill).start()
    const lines = app.logs.filter(({ service, level }) => service === 'Stock' && level === 30)
    expect(lines.map(({ msg }) => msg)).toContain('100 kilos of flour')
  })
})
