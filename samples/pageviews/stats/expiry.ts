import { Clock, Service, Timer, type ServiceContext } from 'keelson'
import { Options } from '../config/options.js'
import { StatsStore } from '../store/stats-store.js'

const DAY = 86_400

/**
 * Forgets old minutes; their days stay. Old is what lies so many days before the newest minute of the logs, not
 * before today: a log of years ago can be looked at minute by minute, too.
 */
@Service()
export class Expiry {
  constructor(
    private readonly options: Options,
    private readonly store: StatsStore,
    private readonly clock: Clock
  ) {}

  @Timer('10m', { immediate: true })
  expire({ log }: ServiceContext): void {
    const newest = this.store.newestMinute(this.clock.now() / 1000)
    if (newest === undefined) return
    const day = newest - (newest % DAY) - this.options.keepDays * DAY
    const forgotten = this.store.expire(day)
    if (forgotten > 0) log.info('%d rows of minutes before %s are now kept by day', forgotten, isoDay(day))
  }
}

function isoDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
