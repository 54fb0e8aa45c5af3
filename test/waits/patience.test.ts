import { Clock, createApplication, Module } from 'keelson'
import { expect, it } from 'vitest'
import { whileItTakesLong } from '../../src/waits/index.js'
import { ManualClock } from './manual-clock.js'

it('tells thrice that something takes its time, and no more once it has ended', () => {
  const clock = new ManualClock()
  const told: number[] = []
  whileItTakesLong(clock, (elapsedMs) => told.push(elapsedMs))
  const end = whileItTakesLong(clock, (elapsedMs) => told.push(-elapsedMs))
  clock.advance(5000)
  end()
  clock.advance(60_000)
  expect(told).toEqual([5000, -5000, 15_000, 30_000])
})

it('takes a clock that has no handles for its timers', async () => {
  class Bare extends Clock {
    now(): number {
      return 0
    }
    monotonic(): number {
      return 0
    }
    setTimeout(): undefined {}
    clearTimeout(): void {}
  }
  @Module({})
  class Nothing {}
  const app = await createApplication(Nothing, { clock: new Bare(), logger: false })
  await app.start()
  expect(app.state).toBe('running')
  await app.stop()
})
