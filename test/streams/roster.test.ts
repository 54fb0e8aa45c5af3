import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Roster } from '../../src/streams/index.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void

describe('a roster', () => {
  it('has its members in the order of coming, each once', () => {
    const roster = new Roster<string>()
    for (const name of ['a', 'b', 'a', 'c']) roster.add(name)
    expect(roster.delete('b')).toBe(true)
    expect(roster.delete('b')).toBe(false)
    roster.add('b')
    expect(roster.all()).toEqual(['a', 'c', 'b'])
    expect(roster.size).toBe(3)
  })

  it('is as good as new when the last has left', () => {
    const roster = new Roster<string>()
    roster.add('a')
    expect(roster.delete('a')).toBe(true)
    expect([roster.size, roster.all(), roster.delete('a')]).toEqual([0, [], false])
    roster.add('b')
    roster.clear()
    expect(roster.all()).toEqual([])
  })

  it('keeps those who stay in order, however many come and go', () => {
    const roster = new Roster<number>()
    for (let n = 0; n < 1000; n++) {
      roster.add(n)
      if (n % 100 !== 0) expect(roster.delete(n)).toBe(true)
    }
    for (const n of [300, 700]) roster.delete(n)
    expect(roster.all()).toEqual([0, 100, 200, 400, 500, 600, 800, 900])
  })

  it('lets go of who has left before the old generation is collected, however long it has been there itself', () => {
    const roster = new Roster<object>()
    roster.add({ stays: true })
    const pass = (times: number): void => {
      for (let n = 0; n < times; n++) {
        const member = { payload: [n, n, n, n, n, n, n, n] }
        roster.add(member)
        roster.delete(member)
      }
    }
    pass(3000)
    let least = Infinity
    for (let attempt = 0; attempt < 3; attempt++) {
      collect()
      const before = process.memoryUsage().heapUsed
      pass(20_000)
      collect({ type: 'minor' })
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / 20_000)
    }
    // a Set keeps 46 bytes of each
    expect(least).toBeLessThan(10)
  })
})
