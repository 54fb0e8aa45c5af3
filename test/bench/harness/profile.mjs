// Where the time of a boot and of a stop goes, by folder of Keelson or package, and by function; time of its own, not that
// of what it calls:
//   node --expose-gc harness/profile.mjs [CONTESTANT] [SHAPE] [SIZE]
//   node --expose-gc harness/profile.mjs --save       also writes results/profile.json, for the page
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { makeGraph } from './graph.mjs'
import { passage } from './passage.mjs'

const save = process.argv.includes('--save')
const given = process.argv.slice(2).filter((one) => one !== '--save')
const [contestant = 'keelson', shape = 'layered', size = '5000'] = given
const saved = { contestant, shape, size: Number(size), phases: {} }
process.setSourceMapsEnabled(true)
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: 200 })
await passage(contestant, makeGraph(shape, Number(size)), {
  async around(name, work) {
    await session.post('Profiler.start')
    const result = await work()
    const { profile } = await session.post('Profiler.stop')
    report(name, profile)
    return result
  }
})
if (save) {
  const file = new URL('../results/profile.json', import.meta.url)
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`)
}
process.exit()

function report(name, { nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const [byPlace, byFunction] = [new Map(), new Map()]
  samples.forEach((id, n) => {
    const { functionName, ...where } = frames.get(id)
    const [url, lineNumber] = origin(where)
    const place = placeOf(url, functionName)
    if (place === 'idle' || place === 'program') return
    add(byPlace, place, timeDeltas[n])
    if (url !== '')
      add(byFunction, `${functionName || '(anonymous)'} ${shortened(url)}:${lineNumber + 1}`, timeDeltas[n])
  })
  saved.phases[name] = shares(byPlace)
  print(`${name}, by place`, byPlace, 15)
  print(`${name}, by function`, byFunction, 40)
}

/** Where it stands in the sources: the package is a few files made of many. */
function origin({ url, lineNumber, columnNumber }) {
  if (!url.startsWith('file:')) return [url, lineNumber]
  const entry = findSourceMap(fileURLToPath(url))?.findEntry(lineNumber, columnNumber)
  return entry?.originalSource === undefined ? [url, lineNumber] : [entry.originalSource, entry.originalLine]
}

function placeOf(url, functionName) {
  if (url === '') return functionName.startsWith('(') ? functionName.slice(1, -1) : 'native code'
  if (url.startsWith('node:')) return 'node'
  return (
    /keelson\/(?:dist|src)\/([^/]+)/.exec(url)?.[1] ??
    /node_modules\/([^/]+)/.exec(url)?.[1] ??
    'the bench: hooks, classes'
  )
}

function shortened(url) {
  return url.replace(/^.*(node_modules|test\/bench)\//, '')
}

/** In percent, the largest first. */
function shares(map) {
  const total = [...map.values()].reduce((sum, one) => sum + one, 0)
  const sorted = [...map].toSorted((a, b) => b[1] - a[1])
  return Object.fromEntries(sorted.map(([place, one]) => [place, Number(((one / total) * 100).toFixed(1))]))
}

function add(map, key, microseconds) {
  map.set(key, (map.get(key) ?? 0) + microseconds)
}

function print(title, map, count) {
  const total = [...map.values()].reduce((sum, one) => sum + one, 0)
  console.log(`\n${title}: ${(total / 1000).toFixed(0)} ms`)
  for (const [key, one] of [...map].toSorted((a, b) => b[1] - a[1]).slice(0, count)) {
    console.log(
      `${(one / 1000).toFixed(1).padStart(8)} ms ${((one / total) * 100).toFixed(1).padStart(5)} %  ${key}`
    )
  }
}
