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
  bars: ({ fresh }) =>
    fresh ? [{ number: 12, what: 'crash and restart', metric: 'perSecond', bar: 60e3, aim: 100e3 }] : [],
  cases: (quick) => [
    { label: 'a new error each time', crashes: quick ? 5000 : 20_000, fresh: true },
    { label: 'always the same error', crashes: quick ? 5000 : 20_000, fresh: false }
  ],
  async measure(contestant, { crashes, fresh }) {
    const { peer } = await loadPeer(contestant)
    const known = new Error('crash')
    let calls = 0
    const work = async () => {
      if (++calls <= crashes) throw fresh ? new Error('crash') : known
    }
    const run = await peer.restarts(work)
    const time = stopwatch()
    await run()
    const microseconds = (time().ms * 1000) / crashes
    return {
      microseconds,
      perSecond: 1e6 / microseconds,
      complaint: calls === crashes + 1 ? '' : `${calls} runs`
    }
  }
}
