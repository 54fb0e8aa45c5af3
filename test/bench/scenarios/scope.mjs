import { loadPeer } from '../peers/index.mjs'
import { throughput } from '../harness/throughput.mjs'
import { plainClasses } from './get.mjs'

export default {
  title: 'A scope: made, five scoped providers resolved, disposed; beside 1,000 singletons',
  contestants: ['handwritten', 'keelson', 'effect', 'nestjs', 'inversify', 'tsyringe', 'needle-di', 'awilix'],
  base: 'handwritten',
  metrics: [
    { key: 'perSecond', unit: '/s', better: 'more' },
    { key: 'ns', unit: 'ns' }
  ],
  bars: () => [{ number: 8, what: 'scope', metric: 'perSecond', bar: 400e3, aim: 1e6 }],
  cases: () => [{ label: 'warm', singletons: 1000 }],
  /** Each scoped class needs a singleton and, but for the first, the scoped one before it. */
  async measure(contestant, { singletons }) {
    const { peer } = await loadPeer(contestant)
    const shared = plainClasses(singletons)
    const scoped = [
      class R0 {
        constructor(s) {
          this.shared = s
        }
      },
      class R1 {
        constructor(s, b) {
          this.shared = s
          this.before = b
        }
      },
      class R2 {
        constructor(s, b) {
          this.shared = s
          this.before = b
        }
      },
      class R3 {
        constructor(s, b) {
          this.shared = s
          this.before = b
        }
      },
      class R4 {
        constructor(s, b) {
          this.shared = s
          this.before = b
        }
      }
    ]
    const needs = scoped.map((_, n) => (n === 0 ? [shared[n * 7]] : [shared[n * 7], scoped[n - 1]]))
    const request = await peer.scope(shared, scoped, needs)
    const [one, other] = [await request(), await request()]
    const sound =
      one.length === 5 && one[4].before === one[3] && one[4] !== other[4] && one[4].shared === other[4].shared
    return { ...(await throughput(request)), complaint: sound ? '' : 'wrong instances' }
  }
}
