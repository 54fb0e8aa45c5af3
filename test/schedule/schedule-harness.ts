import {
  ScheduledWork,
  readCron,
  readTimer,
  type CronSettings,
  type EndedCall,
  type MissedSlots,
  type ScheduledBody,
  type SchedulePort,
  type Tick,
  type TimerSettings
} from '../../src/schedule/index.js'
import { TestClock } from '../../src/testing/test-clock.js'

/** A schedule on a virtual clock, and all that it tells. */
export class Harness implements SchedulePort {
  readonly clock: TestClock
  readonly ticks: Tick[] = []
  /** Monotonic times at which calls began. */
  readonly begins: number[] = []
  readonly ended: EndedCall[] = []
  readonly failures: unknown[] = []
  readonly lateFailures: unknown[] = []
  readonly misses: MissedSlots[] = []
  readonly crashes: unknown[] = []
  random: () => number = () => 0.5

  constructor(start?: string) {
    this.clock = new TestClock(start)
  }

  begin(tick: Tick, body: ScheduledBody): unknown {
    this.ticks.push(tick)
    this.begins.push(this.clock.monotonic())
    return body(tick)
  }

  crash(error: unknown): void {
    this.crashes.push(error)
  }

  ran(call: EndedCall): void {
    this.ended.push(call)
  }

  failed(error: unknown): void {
    this.failures.push(error)
  }

  failedLate(error: unknown): void {
    this.lateFailures.push(error)
  }

  missed(slots: MissedSlots): void {
    this.misses.push(slots)
  }

  /** When calls began, by the wall clock. */
  get startedAt(): string[] {
    return this.ticks.map((tick) => tick.startedAt.toISOString().replace('.000Z', 'Z'))
  }

  get scheduledAt(): string[] {
    return this.ticks.map((tick) => tick.scheduledAt.toISOString().replace('.000Z', 'Z'))
  }

  get missedInAll(): number {
    return this.misses.reduce((sum, { count }) => sum + count, 0)
  }

  timer(
    every: number | string,
    options: Parameters<typeof readTimer>[1],
    body: ScheduledBody
  ): ScheduledWork {
    return this.#start(readTimer(every, options, 'the timer'), body)
  }

  cron(expression: string, options: Parameters<typeof readCron>[1], body: ScheduledBody): ScheduledWork {
    return this.#start(readCron(expression, options, 'the cron'), body)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimeout(resolve, ms)
    })
  }

  #start(settings: TimerSettings | CronSettings, body: ScheduledBody): ScheduledWork {
    const work = new ScheduledWork('Feed.poll', settings, body, this)
    work.start()
    return work
  }
}
