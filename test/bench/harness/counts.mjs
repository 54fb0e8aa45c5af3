// What one service takes in work that no clock measures, so that a busy machine changes nothing: calls of functions, and bytes
// allocated, to construct, start and stop it.
//   node test/bench/harness/counts.mjs [SIZE]
//   node test/bench/harness/counts.mjs 5000 calls    also the functions called most; `bytes`: those that allocate most
import { Session } from 'node:inspector/promises'
import { createApplication, Module, Service } from 'keelson'
import { makeGraph } from './graph.mjs'
import { makeClasses, Witness } from './witness.mjs'

const [size = '5000', detail] = process.argv.slice(2)
const count = Number(size)
const session = new Session()
session.connect()
await session.post('Profiler.enable')

await passage(10, (_, work) => work())
for (const [what, counter] of Object.entries({ calls, bytes })) {
  await passage(count, async (phase, work) => {
    const { result, counts } = await counter(work)
    const total = counts.reduce((sum, [, number]) => sum + number, 0)
    const nodes = counts.reduce((sum, [name, number]) => sum + (name.includes(' node:') ? number : 0), 0)
    console.log(
      `${phase.padEnd(10)} ${rounded(total)} ${what} a service, ${rounded(nodes)} of them Node's own`
    )
    if (detail === what) for (const [name, number] of counts.slice(0, 40)) print(name, number / count)
    return result
  })
}

async function passage(services, around) {
  const graph = makeGraph('layered', services)
  const classes = makeClasses(graph, new Witness(graph), { start: 'onStart', stop: 'onStop' }, {})
  classes.forEach((class_, n) => Service({ inject: graph.needs[n].map((need) => classes[need]) })(class_))
  class App {}
  Module({ providers: classes })(App)
  const app = await around('construct', () => createApplication(App, { logger: false }))
  await around('start', () => app.start())
  await around('stop', () => app.stop())
}

/** By function, the most first; of those that run at least for every second service. */
async function calls(work) {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const result = await work()
  const { result: scripts } = await session.post('Profiler.takePreciseCoverage')
  await session.post('Profiler.stopPreciseCoverage')
  const counts = scripts
    .filter(({ url }) => !url.startsWith(new URL('.', import.meta.url).href))
    .flatMap(({ url, functions }) =>
      functions.map(({ functionName, ranges }) => [named(functionName, url), ranges[0].count])
    )
    .filter(([, number]) => number * 2 >= count)
  return { result, counts: counts.toSorted((a, b) => b[1] - a[1]) }
}

/** By function, the most first; sampled. */
async function bytes(work) {
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 512,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true
  })
  const result = await work()
  const { profile } = await session.post('HeapProfiler.stopSampling')
  const sums = new Map()
  const pending = [profile.head]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { functionName, url } = node.callFrame
    const name = named(functionName, url)
    sums.set(name, (sums.get(name) ?? 0) + node.selfSize)
    for (const child of node.children) pending.push(child)
  }
  return { result, counts: [...sums].toSorted((a, b) => b[1] - a[1]) }
}

function named(functionName, url) {
  return `${functionName || '(anonymous)'} ${url.replace(/^.*node_modules\//, '')}`
}

function rounded(number) {
  return (number / count).toFixed(0).padStart(5)
}

function print(name, number) {
  console.log(`  ${number.toFixed(1).padStart(8)}  ${name}`)
}
