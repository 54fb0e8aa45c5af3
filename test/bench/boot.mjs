// Boot and stop of N services in a layered graph: Keelson beside the same graph written by hand, `new` in
// topological order and one promise per service. Fresh child processes, interleaved; medians and ratios.
//   npm run bench             all sizes
//   npm run bench -- 20000    one size
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const WIDTH = 50
const FAN_IN = 3
const ROUNDS = 7
const CONTESTANTS = ['handwritten', 'keelson']

/** Indexes of what service `index` needs: some of the layer before. */
function needs(index) {
  const layer = Math.floor(index / WIDTH)
  if (layer === 0) return []
  const found = new Set()
  for (let n = 0; n < FAN_IN; n++) found.add((layer - 1) * WIDTH + ((index * 7 + n * 13) % WIDTH))
  return [...found]
}

/** Plain classes, made one by one as a program's are; `started` and `stopped` take note of the order. */
function makeClasses(size, note) {
  return Array.from({ length: size }, (_, index) => {
    const parameters = needs(index).map((need) => `s${need}`)
    const source = `return class S${index} {
      constructor(${parameters.join(', ')}) { ${parameters.map((name) => `this.${name} = ${name}`).join('; ')} }
      async onStart() { note.started(${index}) }
      async onStop() { note.stopped(${index}) }
    }`
    return new Function('note', source)(note)
  })
}

function makeNote(size) {
  const up = new Uint8Array(size)
  let wrong = 0
  return {
    started(index) {
      for (const need of needs(index)) if (up[need] !== 1) wrong++
      up[index] = 1
    },
    stopped(index) {
      up[index] = 2
      for (const need of needs(index)) if (up[need] === 2) wrong++
    },
    check() {
      if (wrong > 0 || up.some((state) => state !== 2))
        throw new Error(`${wrong} hooks ran in the wrong order`)
    }
  }
}

async function handwritten(size) {
  const note = makeNote(size)
  const classes = makeClasses(size, note)
  const begun = performance.now()
  const instances = []
  for (let index = 0; index < size; index++) {
    instances.push(new classes[index](...needs(index).map((need) => instances[need])))
  }
  const started = []
  for (let index = 0; index < size; index++) {
    const before = needs(index).map((need) => started[need])
    started.push(Promise.all(before).then(() => instances[index].onStart()))
  }
  await Promise.all(started)
  const booted = performance.now()
  const dependants = Array.from({ length: size }, () => [])
  for (let index = 0; index < size; index++) for (const need of needs(index)) dependants[need].push(index)
  const stopped = []
  for (let index = size - 1; index >= 0; index--) {
    stopped[index] = Promise.all(dependants[index].map((one) => stopped[one])).then(() =>
      instances[index].onStop()
    )
  }
  await Promise.all(stopped)
  note.check()
  return { boot: booted - begun, stop: performance.now() - booted }
}

async function keelson(size) {
  const { createApplication, Module, Service } = await import('keelson')
  const note = makeNote(size)
  const classes = makeClasses(size, note)
  classes.forEach((class_, index) => Service({ inject: needs(index).map((need) => classes[need]) })(class_))
  class App {}
  Module({ providers: classes })(App)
  const begun = performance.now()
  const app = await createApplication(App, { logger: false })
  const states = app.state$.subscribe(() => {})
  await app.start()
  const booted = performance.now()
  await app.stop()
  const ended = performance.now()
  states.unsubscribe()
  note.check()
  return { boot: booted - begun, stop: ended - booted }
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function compare(size) {
  const taken = Object.fromEntries(CONTESTANTS.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of CONTESTANTS) {
      const output = execFileSync(process.execPath, [
        fileURLToPath(import.meta.url),
        '--run',
        name,
        String(size)
      ])
      taken[name].push(JSON.parse(output))
    }
  }
  for (const phase of ['boot', 'stop']) {
    const [floor, ours] = CONTESTANTS.map((name) => median(taken[name].map((one) => one[phase])))
    const ratio = (ours / floor).toFixed(2)
    const perService = ((ours * 1000) / size).toFixed(1)
    console.log(
      `${String(size).padStart(6)} ${phase}: by hand ${floor.toFixed(1)} ms, keelson ${ours.toFixed(1)} ms, ${ratio} times (${perService} µs a service)`
    )
  }
}

const [, , first, name, size] = process.argv
if (first === '--run') {
  const run = name === 'keelson' ? keelson : handwritten
  console.log(JSON.stringify(await run(Number(size))))
} else {
  for (const one of first === undefined ? [100, 1000, 5000, 20_000] : [Number(first)]) compare(one)
}
