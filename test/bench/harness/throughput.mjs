// How many operations a second, warm: bursts long enough for the clock, the median of them.
import { median } from './statistics.mjs'
import { stopwatch } from './stopwatch.mjs'

const WARM_UP_MS = 500
const BURST_MS = 60
const BURSTS = 5

/** What an operation gives is kept here, so that no compiler finds it useless. */
const kept = { value: undefined }

/**
 * @param operation called again and again; when it gives a promise, the promise is awaited before the next call
 * @returns `{ perSecond, ns }`
 */
export async function throughput(operation) {
  const isAsync = operation() instanceof Promise
  const times = isAsync ? timesAsync : timesSync
  // the compiler works beside the program, and the later the busier the machine is
  for (const begun = performance.now(); performance.now() - begun < WARM_UP_MS;) await times(operation, 50)
  let count = 1
  while ((await cpuTime(times, operation, count)) < BURST_MS / 4) count *= 2
  count *= 4
  const perOperation = []
  for (let burst = 0; burst < BURSTS; burst++) {
    const time = stopwatch()
    // a macrotask now and then, as in life: weak references and finalizers are let go in between
    for (let done = 0; done < count; done += count / 20) {
      await times(operation, Math.ceil(count / 20))
      await new Promise(setImmediate)
    }
    perOperation.push((time().ms * 1e6) / count)
  }
  const ns = median(perOperation)
  return { ns, perSecond: 1e9 / ns }
}

async function cpuTime(times, operation, count) {
  const time = stopwatch()
  await times(operation, count)
  return time().cpu
}

async function timesSync(operation, count) {
  for (let n = 0; n < count; n++) kept.value = operation()
}

async function timesAsync(operation, count) {
  for (let n = 0; n < count; n++) kept.value = await operation()
}
