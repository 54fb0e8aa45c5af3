import { loadPeer } from '../peers/index.mjs'
import { throughput } from '../harness/throughput.mjs'

export default {
  title: 'Getting a singleton among 1,000 others',
  contestants: ['handwritten', 'keelson', 'effect', 'nestjs', 'inversify', 'tsyringe', 'needle-di', 'awilix'],
  base: 'handwritten',
  rounds: 5,
  metrics: [
    { key: 'perSecond', unit: '/s', better: 'more' },
    { key: 'ns', unit: 'ns' }
  ],
  bars: () => [{ number: 7, what: 'get()', metric: 'perSecond', bar: 40e6, aim: 100e6 }],
  cases: () => [{ label: 'warm', others: 1000 }],
  async measure(contestant, { others }) {
    const { peer } = await loadPeer(contestant)
    const get = await peer.singleton(plainClasses(others + 1), Math.floor(others / 2))
    const [one, again] = [get(), get()]
    const measured = await throughput(get)
    return { ...measured, complaint: one === again && one !== undefined ? '' : 'not one instance' }
  }
}

/** Classes without dependencies. */
export function plainClasses(count) {
  return Array.from({ length: count }, (_, index) => ({ [`P${index}`]: class {} })[`P${index}`])
}
