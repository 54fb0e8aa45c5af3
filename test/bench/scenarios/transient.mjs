import { loadPeer } from '../peers/index.mjs'
import { throughput } from '../harness/throughput.mjs'

export default {
  title: 'A graph of ten transient classes below one that is asked for',
  contestants: ['handwritten', 'keelson', 'effect', 'nestjs', 'inversify', 'tsyringe', 'awilix'],
  base: 'handwritten',
  metrics: [
    { key: 'perSecond', unit: '/s', better: 'more' },
    { key: 'ns', unit: 'ns' }
  ],
  bars: () => [{ number: 9, what: 'transient graph', metric: 'perSecond', bar: 2.5e6, aim: 10e6 }],
  cases: () => [{ label: 'warm' }],
  /** A root that needs three, two of which need two and one three: ten below the root. */
  async measure(contestant) {
    const { peer } = await loadPeer(contestant)
    const leaves = Array.from({ length: 7 }, (_, n) => ({ [`L${n}`]: class {} })[`L${n}`])
    class A {
      constructor(a, b) {
        this.a = a
        this.b = b
      }
    }
    class B {
      constructor(a, b) {
        this.a = a
        this.b = b
      }
    }
    class C {
      constructor(a, b, c) {
        this.a = a
        this.b = b
        this.c = c
      }
    }
    class Root {
      constructor(a, b, c) {
        this.a = a
        this.b = b
        this.c = c
      }
    }
    const needs = new Map([
      ...leaves.map((leaf) => [leaf, []]),
      [A, leaves.slice(0, 2)],
      [B, leaves.slice(2, 4)],
      [C, leaves.slice(4)],
      [Root, [A, B, C]]
    ])
    const make = await peer.transient(needs, Root)
    const [one, other] = [await make(), await make()]
    const sound =
      one instanceof Root && one !== other && one.c.c instanceof leaves[6] && one.c.c !== other.c.c
    return { ...(await throughput(make)), complaint: sound ? '' : 'wrong instances' }
  }
}
