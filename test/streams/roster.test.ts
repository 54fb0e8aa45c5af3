import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Roster } from '../../src/streams/index.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void

describe('a roster', () => {
  const [a, b, c, d] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }]

  it('has its members in the order of coming, each once', () => {
    const roster = new Roster<object>()
    roster.add(a)
    roster.add(a)
    expect([roster.size, roster.all()]).toEqual([1, [a]])
    for (const member of [b, a, c, b]) roster.add(member)
    expect(roster.delete(b)).toBe(true)
    expect(roster.delete(b)).toBe(false)
    roster.add(b)
    expect([roster.size, roster.all()]).toEqual([3, [a, c, b]])
  })

  it('is as good as new when one is left, or none', () => {
    const roster = new Roster<object>()
    for (const member of [a, b, c]) roster.add(member)
    expect([roster.delete(a), roster.delete(c), roster.delete(d)]).toEqual([true, true, false])
    expect([roster.size, roster.all()]).toEqual([1, [b]])
    roster.add(a)
    expect(roster.all()).toEqual([b, a])
    expect([roster.delete(b), roster.delete(a), roster.delete(a)]).toEqual([true, true, false])
    expect([roster.size, roster.all()]).toEqual([0, []])
    for (const member of [c, d]) roster.add(member)
    expect(roster.all()).toEqual([c, d])
    roster.clear()
    expect([roster.size, roster.all(), roster.delete(c)]).toEqual([0, [], false])
  })

  it('keeps those who stay in order, however many come and go', () => {
    const roster = new Roster<{ readonly n: number }>()
    const members = Array.from({ length: 1000 }, (_, n) => ({ n }))
    for (const member of members) {
      roster.add(member)
      if (member.n % 100 !== 0) expect(roster.delete(member)).toBe(true)
    }
    for (const n of [300, 700]) roster.delete(members[n]!)
    expect(roster.all().map(({ n }) => n)).toEqual([0, 100, 200, 400, 500, 600, 800, 900])
  })

  it('lets go of who has left before the old generation is collected, however long it has been there itself', () => {
    const roster = new Roster<object>()
    for (const member of [{ stays: true }, { stays: true }]) roster.add(member)
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
      pass(200_000)
      collect({ type: 'minor' })
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / 200_000)
    }
    // a Set keeps 46 bytes of each
    expect(least).toBeLessThan(15)
  })
})
