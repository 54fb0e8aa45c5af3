// Boot and stop of one graph by one contestant: what the scenarios on boot, stop, heap and growth measure.
import { loadPeer } from '../peers/index.mjs'
import { stopwatch } from './stopwatch.mjs'
import { makeClasses, Witness } from './witness.mjs'

/** @returns boot and stop in ms, and in ms of the wall clock; the heap a service takes; what was wrong */
export async function passage(
  contestant,
  graph,
  { wait, ownCode, heap = false, around = (_, work) => work() } = {}
) {
  const { peer, variant } = await loadPeer(contestant)
  const witness = new Witness(graph)
  const classes = makeClasses(graph, witness, peer.hooks, { wait, ownCode })
  const prepared = peer.prepare(graph, classes, variant)
  const before = heap ? await heapUsed() : 0

  const bootBegun = performance.now()
  const bootTime = stopwatch()
  const running = await around('boot', () => prepared.boot())
  const { ms: boot, wall: bootWall } = bootTime()
  const measured = { boot, bootWall, bootBegun }
  if (heap) measured.heapBytes = ((await heapUsed()) - before) / graph.size

  if (peer.constructsOnly) return { ...measured, complaint: 'constructs only' }
  const stopTime = stopwatch()
  await around('stop', () => running.stop())
  const { ms: stop, wall: stopWall } = stopTime()
  return { ...measured, stop, stopWall, complaint: witness.complaint() }
}

async function heapUsed() {
  for (let n = 0; n < 4; n++) {
    globalThis.gc()
    await new Promise(setImmediate)
  }
  return process.memoryUsage().heapUsed
}
