import { bootstrap, Service, ServiceContext, Task, Tick, Timer } from 'keelson'

const HOT = 220

/** An oven that heats up, bakes what is to be baked, and is done. */
@Service()
class Oven {
  #degrees = 20

  /** Called every 100 ms from the start of the service on, and never twice at once. */
  @Timer('100ms')
  heat({ log }: ServiceContext, tick: Tick): void {
    if (this.#degrees >= HOT) return
    this.#degrees += 50
    log.info('%d degrees after %d calls', this.#degrees, tick.iteration)
  }

  /** Called once, when the service has started; it may take as long as it likes. */
  @Task()
  async bake({ log, sleep }: ServiceContext): Promise<void> {
    while (this.#degrees < HOT) {
      // false: the service is to stop, so the task ends too
      if (!(await sleep('10ms'))) return
    }
    for (const bread of ['rye', 'wheat']) {
      if (!(await sleep('50ms'))) return
      log.info('%s bread is done', bread)
    }
  }
}

// It stops by itself when every task has ended; timers do not count.
await bootstrap(Oven, { runUntil: 'tasks-done' })
