import { SimpleIntervalJob, Task, ToadScheduler } from 'toad-scheduler'

export function timers(count, milliseconds, tick) {
  return () => {
    const scheduler = new ToadScheduler()
    for (let n = 0; n < count; n++) {
      scheduler.addSimpleIntervalJob(
        new SimpleIntervalJob({ milliseconds }, new Task(`t${n}`, () => tick(n)))
      )
    }
  }
}
