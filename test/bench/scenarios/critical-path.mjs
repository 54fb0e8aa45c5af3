import { graphOf, makeLevels } from '../harness/graph.mjs'
import { passage } from '../harness/passage.mjs'

const GRAPHS = {
  even: { graph: () => makeLevels(20), wait: () => 20 },
  uneven: { graph: () => makeLevels(20), wait: (index) => 5 + ((index * 7919) % 31) },
  /** A chain of 20 short hooks beside one service that takes as long as all of them, and ten that need it. */
  'long and short': {
    graph: () =>
      graphOf([
        ...Array.from({ length: 20 }, (_, n) => (n === 0 ? [] : [n - 1])),
        [],
        ...Array.from({ length: 10 }, () => [20])
      ]),
    wait: (index) => (index === 20 ? 400 : 20)
  }
}

export default {
  title: 'Start and stop of services whose hooks wait, over the critical path',
  contestants: ['handwritten:counters', 'keelson', 'effect', 'nestjs', 'inversify'],
  alone: true,
  base: 'handwritten:counters',
  metrics: [
    { key: 'startOverPath', unit: '×' },
    { key: 'bootOverPath', unit: '×' },
    { key: 'stopOverPath', unit: '×' },
    { key: 'bootWall', unit: 'ms' },
    { key: 'path', unit: 'ms' }
  ],
  bars: () => [
    { number: 6, what: 'start over its critical path', metric: 'startOverPath', bar: 1.05, aim: 1.02 }
  ],
  cases: (quick) => (quick ? ['even'] : Object.keys(GRAPHS)).map((kind) => ({ label: kind, kind })),
  /**
   * The critical path is that of the time the hooks really took: timers fire late, and more so on a busy machine. The start
   * lasts from the first hook until everything runs; the boot has the construction in it as well.
   */
  async measure(contestant, { kind }) {
    const { graph: make, wait } = GRAPHS[kind]
    const graph = make()
    const took = { start: new Float64Array(graph.size), stop: new Float64Array(graph.size) }
    const calls = new Uint8Array(graph.size)
    let first = Infinity
    const waiting = async (index) => {
      const begun = performance.now()
      first = Math.min(first, begun)
      await new Promise((resolve) => setTimeout(resolve, wait(index)))
      took[calls[index]++ === 0 ? 'start' : 'stop'][index] = performance.now() - begun
    }
    const measured = await passage(contestant, graph, { wait: waiting })
    const path = longest(graph.needs, took.start)
    return {
      ...measured,
      path,
      startOverPath: (measured.bootBegun + measured.bootWall - first) / path,
      bootOverPath: measured.bootWall / path,
      stopOverPath: measured.stopWall / longest(graph.needs, took.stop)
    }
  }
}

/** The length of the longest chain of hooks, each after those of what it needs. */
function longest(needs, took) {
  const end = new Float64Array(needs.length)
  needs.forEach((list, index) => {
    let begin = 0
    for (const need of list) begin = Math.max(begin, end[need])
    end[index] = begin + took[index]
  })
  return Math.max(...end)
}
