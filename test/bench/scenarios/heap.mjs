import { makeGraph } from '../harness/graph.mjs'
import { passage } from '../harness/passage.mjs'

export default {
  title: 'Heap for each running service that has no tasks',
  contestants: [
    'handwritten',
    'keelson',
    'effect',
    'nestjs',
    'inversify',
    'tsyringe:ordered',
    'needle-di',
    'awilix'
  ],
  base: 'handwritten',
  metrics: [{ key: 'heapBytes', unit: 'B' }],
  bars: () => [
    { number: 5, what: 'heap a service', metric: 'heapBytes', bar: 2048, floor: 'handwritten', aim: 600 }
  ],
  cases: (quick) =>
    (quick ? [1000] : [1000, 5000]).map((size) => ({ label: `${size.toLocaleString('en')} services`, size })),
  async measure(contestant, { size }) {
    const { heapBytes, complaint } = await passage(contestant, makeGraph('layered', size), { heap: true })
    return { heapBytes, complaint }
  }
}
