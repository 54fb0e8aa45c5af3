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
  cases: (quick) => [
    ...(quick ? [1000] : [1000, 5000, 20_000]).map((size) => bootCase('layered', size)),
    ...(quick ? [1000] : [1000, 5000, 20_000]).map((size) => withOwnCode(bootCase('layered', size)))
  ],
  measure
}

export function bootCase(shape, size) {
  return {
    label: `${shape}, ${size.toLocaleString('en')} services`,
    shape,
    size
  }
}

/** As in a program that people write: no two services run the same lines. */
function withOwnCode(one) {
  return { ...one, label: `${one.label}, code of their own`, ownCode: true }
}

export function measure(contestant, { shape, size, ownCode }) {
  return passage(contestant, makeGraph(shape, size), { ownCode })
}
