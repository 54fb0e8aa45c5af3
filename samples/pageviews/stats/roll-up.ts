import { Clock, Cron, Service } from 'keelson'
import { StatsStore } from '../store/stats-store.js'

const DAY = 86_400

/** Sums up the days that are over: every night, and at the start those of the nights that it missed. */
@Service()
export class RollUp {
  constructor(
    private readonly store: StatsStore,
    private readonly clock: Clock
  ) {}

  onStart(): void {
    this.rollUp()
  }

  @Cron('5 0 * * *')
  rollUp(): void {
    const now = Math.floor(this.clock.now() / 1000)
    this.store.rollUp(now - (now % DAY))
  }
}
