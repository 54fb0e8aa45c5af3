import { makeGraph } from '../harness/graph.mjs'
import { passage } from '../harness/passage.mjs'

export default {
  title: 'Boot and stop of a layered graph',
  contestants: [
    'handwritten',
    'handwritten:counters',
    'keelson',
    'keelson:watched',
    'effect',
    'nestjs',
    'inversify',
    'tsyringe',
    'tsyringe:ordered',
    'needle-di',
    'awilix'
  ],
  base: 'handwritten',
  metrics: [
    { key: 'boot', unit: 'ms' },
    { key: 'stop', unit: 'ms' }
  ],
  bars: () => [
    { number: 2, what: 'boot', metric: 'boot', over: 'handwritten', bar: 5, aim: 2.5 },
    { number: 4, what: 'stop', metric: 'stop', over: 'handwritten', bar: 5, aim: 2.5 }
  ],
  cases: (quick) => (quick ? [1000] : [1000, 5000, 20_000]).map((size) => bootCase('layered', size)),
  measure
}

export function bootCase(shape, size) {
  return {
    label: `${shape}, ${size.toLocaleString('en')} services`,
    shape,
    size
  }
}

export function measure(contestant, { shape, size }) {
  return passage(contestant, makeGraph(shape, size))
}
