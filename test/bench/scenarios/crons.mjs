import { setTimeout as sleep } from 'node:timers/promises'
import { loadPeer } from '../peers/index.mjs'
import { TickRecord, ticking } from '../harness/ticking.mjs'

export default {
  title: '10,000 crons each second, for ten seconds',
  contestants: ['set-interval', 'keelson', 'croner', 'nest-schedule', 'node-cron'],
  base: 'set-interval',
  alone: true,
  timeout: 90,
  metrics: [
    { key: 'cpu', unit: 'ms' },
    { key: 'armingCpu', unit: 'ms', ratio: false },
    { key: 'lost', unit: '%' }
  ],
  bars: () => [
    { number: 11, what: 'crons', metric: 'cpu', over: 'set-interval', bar: 3, aim: 1 },
    { number: 11, what: 'ticks lost', metric: 'lost', bar: 0, aim: 0 }
  ],
  cases: (quick) => [{ label: 'every second', timers: quick ? 1000 : 10_000, seconds: quick ? 3 : 10 }],
  async measure(contestant, { timers, seconds }) {
    const { peer, variant } = await loadPeer(contestant)
    const record = new TickRecord(timers)
    const crons = peer.crons ?? ((count, tick) => peer.timers(count, 1000, tick, variant))
    // the window opens in the middle of a second, so that each second that is due lies whole in it
    const settle = () => sleep(2500 - (Date.now() % 1000))
    return ticking(record, 1000, seconds, await crons(timers, record.tick), settle)
  }
}
