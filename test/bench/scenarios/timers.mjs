import { loadPeer } from '../peers/index.mjs'
import { TickRecord, ticking } from '../harness/ticking.mjs'

export default {
  title: 'Timers, for ten seconds: processor time, ticks lost, drift',
  contestants: ['set-interval', 'set-interval:wheel', 'keelson', 'toad-scheduler', 'nest-schedule'],
  base: 'set-interval',
  alone: true,
  timeout: 60,
  metrics: [
    { key: 'cpu', unit: 'ms' },
    { key: 'armingCpu', unit: 'ms', ratio: false },
    { key: 'lost', unit: '%' },
    { key: 'behind', unit: 'ms', ratio: false }
  ],
  bars: () => [
    { number: 10, what: 'timers', metric: 'cpu', over: 'set-interval', bar: 1, aim: 0.4 },
    { number: 10, what: 'ticks lost', metric: 'lost', bar: 0, aim: 0 }
  ],
  cases: (quick) =>
    [
      { label: '10,000 of 1 s', timers: 10_000, period: 1000 },
      { label: '1,000 of 10 ms', timers: 1000, period: 10 }
    ].map((one) => ({ ...one, seconds: quick ? 3 : 10 })),
  async measure(contestant, { timers, period, seconds }) {
    const { peer, variant } = await loadPeer(contestant)
    const record = new TickRecord(timers)
    return ticking(record, period, seconds, await peer.timers(timers, period, record.tick, variant))
  }
}
