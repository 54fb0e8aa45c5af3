import { describe, expect, it } from 'vitest'
import { LogRing } from '../../src/control/index.js'
import { logFilter } from '../../src/control/log-lines.js'
import { ManualClock } from '../waits/manual-clock.js'

const LEVELS = { debug: 20, info: 30, warn: 40 }

describe('the last lines of a log', () => {
  it('are a thousand at most', () => {
    const ring = new LogRing(new ManualClock())
    for (let line = 1; line <= 2500; line++) ring.write(`${line}\n`)
    const lines = ring.since(0)
    expect(lines).toHaveLength(1000)
    expect([lines[0], lines.at(-1)]).toEqual(['1501\n', '2500\n'])
  })

  it('are a million characters at most, even if that is not a single line', () => {
    const ring = new LogRing(new ManualClock())
    for (let line = 0; line < 5; line++) ring.write(`${line}${'x'.repeat(300_000)}\n`)
    expect(ring.since(0).map((line) => line[0])).toEqual(['2', '3', '4'])
    ring.write('y'.repeat(2_000_000))
    expect(ring.since(0)).toEqual([])
    ring.write('short\n')
    expect(ring.since(0)).toEqual(['short\n'])
  })

  it('can be asked for from a moment on', () => {
    const clock = new ManualClock()
    const ring = new LogRing(clock)
    ring.write('early\n')
    clock.advance(1000)
    ring.write('late\n')
    expect(ring.since(clock.now())).toEqual(['late\n'])
    expect(ring.since(clock.now() + 1)).toEqual([])
  })

  it('are passed on to those who follow, as long as they do', () => {
    const ring = new LogRing(new ManualClock())
    const heard: string[] = []
    const unfollow = ring.follow((line) => heard.push(line))
    ring.write('one\n')
    unfollow()
    ring.write('two\n')
    expect(heard).toEqual(['one\n'])
  })
})

describe('a filter of lines', () => {
  it('lets everything pass when nothing is asked for, what is no JSON too', () => {
    expect(logFilter({}, LEVELS)('plain words')).toBe(true)
  })

  it('knows levels by number and by name', () => {
    const isWanted = logFilter({ level: 30 }, LEVELS)
    const wanted = [
      '{"level":20}',
      '{"level":30}',
      '{"level":"WARN"}',
      '{"level":"loud"}',
      '{}',
      'words',
      '3'
    ]
    expect(wanted.filter(isWanted)).toEqual(['{"level":30}', '{"level":"WARN"}'])
  })

  it('takes the children of a service for part of it', () => {
    const isWanted = logFilter({ service: 'Feed' }, LEVELS)
    const lines = ['{"service":"Feed"}', '{"service":"Feed/Page#2"}', '{"service":"Feeder"}', '{"service":5}']
    expect(lines.filter(isWanted)).toEqual(lines.slice(0, 2))
  })
})
