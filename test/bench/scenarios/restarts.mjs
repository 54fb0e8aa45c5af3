import { stopwatch } from '../harness/stopwatch.mjs'
import { loadPeer } from '../peers/index.mjs'

export default {
  title: 'Crashes and restarts, without a delay between them',
  contestants: ['handwritten', 'keelson', 'effect', 'rxjs'],
  base: 'handwritten',
  metrics: [
    { key: 'perSecond', unit: '/s', better: 'more' },
    { key: 'microseconds', unit: 'µs' }
  ],
  bars: ({ fresh, before }) =>
    fresh && before === 0
      ? [{ number: 12, what: 'crash and restart', metric: 'perSecond', bar: 60e3, aim: 100e3 }]
      : [],
  cases: (quick) => [
    { label: 'a new error each time', crashes: quick ? 5000 : 20_000, fresh: true, before: 0 },
    { label: 'always the same error', crashes: quick ? 5000 : 20_000, fresh: false, before: 0 },
    { label: 'a new error each time, after 20,000 others', crashes: 20_000, fresh: true, before: 20_000 }
  ],
  async measure(contestant, { crashes, fresh, before }) {
    const { peer } = await loadPeer(contestant)
    const known = new Error('crash')
    let calls = 0
    let time
    const work = async () => {
      if (++calls === before + 1) time = stopwatch()
      if (calls <= before + crashes) throw fresh ? new Error('crash') : known
    }
    const run = await peer.restarts(work)
    await run()
    const microseconds = (time().ms * 1000) / crashes
    return {
      microseconds,
      perSecond: 1e6 / microseconds,
      complaint: calls === before + crashes + 1 ? '' : `${calls} runs`
    }
  }
}
