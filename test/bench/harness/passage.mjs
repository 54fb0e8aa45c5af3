// Boot and stop of one graph by one contestant: what the scenarios on boot, stop, heap and growth measure.
import { loadPeer } from '../peers/index.mjs'
import { makeClasses, Witness } from './witness.mjs'

/** @returns boot and stop in ms, and in ms of the wall clock; the heap a service takes; what was wrong */
export async function passage(contestant, graph, { wait, heap = false, around = (_, work) => work() } = {}) {
  const { peer, variant } = await loadPeer(contestant)
  const witness = new Witness(graph)
  const classes = makeClasses(graph, witness, peer.hooks, wait)
  const prepared = peer.prepare(graph, classes, variant)
  const before = heap ? await heapUsed() : 0

  const boot = stopwatch()
  const running = await around('boot', () => prepared.boot())
  const measured = { ...boot('boot') }
  if (heap) measured.heapBytes = ((await heapUsed()) - before) / graph.size

  if (peer.constructsOnly) return { ...measured, complaint: 'constructs only' }
  const stop = stopwatch()
  await around('stop', () => running.stop())
  return { ...measured, ...stop('stop'), complaint: witness.complaint(), witness }
}

/** By the wall clock or by processor time, whichever is less; see `throughput()`. */
function stopwatch() {
  const [cpu, at] = [process.cpuUsage(), performance.now()]
  return (name) => {
    const wall = performance.now() - at
    const { user, system } = process.cpuUsage(cpu)
    return { [name]: Math.min(wall, (user + system) / 1000), [`${name}Wall`]: wall }
  }
}

async function heapUsed() {
  for (let n = 0; n < 4; n++) {
    globalThis.gc()
    await new Promise(setImmediate)
  }
  return process.memoryUsage().heapUsed
}
