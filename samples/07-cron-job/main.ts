import { Application, bootstrap, Cron, inject, Service, ServiceContext, Tick } from 'keelson'

@Service()
class Dough {
  readonly #app = inject(Application)

  /** Five fields: the minute, hour, day, month and weekday. Bakers begin at three, by the clock on their wall. */
  @Cron('0 3 * * *', { timezone: 'Europe/Berlin' })
  knead({ log }: ServiceContext): void {
    log.info('kneading')
  }

  /** Six fields: seconds first. Every second, so that there is something to see. */
  @Cron('* * * * * *')
  look({ log, tasks }: ServiceContext, tick: Tick): void {
    log.info('look number %d, %d missed', tick.iteration, tick.missed)
    const knead = tasks.find(({ name }) => name === 'knead')
    log.info('kneading begins at %s in Berlin', timeInBerlin(knead?.nextDueAt))
    // It is called by what is to stop, so it must not be waited for.
    void this.#app.stop('seen enough')
  }
}

function timeInBerlin(time: number | undefined): string {
  return new Date(time ?? NaN).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })
}

await bootstrap(Dough)
