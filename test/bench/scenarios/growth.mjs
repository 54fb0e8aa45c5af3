import { passage } from '../harness/passage.mjs'
import { makeGraph } from '../harness/graph.mjs'

export default {
  title: 'How the cost grows',
  contestants: ['handwritten', 'keelson', 'effect', 'nestjs'],
  base: 'handwritten',
  metrics: [
    { key: 'boot', unit: 'ms' },
    { key: 'stop', unit: 'ms' }
  ],
  bars: () => [],
  cases: (quick) =>
    (quick ? [10, 100, 1000] : [10, 100, 1000, 3000, 10_000, 30_000, 100_000]).map((size) => ({
      label: size.toLocaleString('en'),
      size
    })),
  async measure(contestant, { size }) {
    const { boot, stop, complaint } = await passage(contestant, makeGraph('layered', size))
    return { boot, stop, complaint }
  }
}
