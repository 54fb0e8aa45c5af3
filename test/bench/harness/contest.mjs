// Runs every contestant of a scenario in child processes of its own, in turn, so that whatever else the machine does hits
// all of them alike; then medians.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median } from './statistics.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/**
 * @param scenario one of `scenarios/`
 * @param options `quick`: small sizes, few rounds; `rounds` and `only` (contestants) replace the scenario's; `parallel`: how
 *   many children at once, for a machine so busy that processor time is all that can be measured; `say`: told of progress
 * @returns `[{ case, rows: [{ contestant, runs, median, min, max, complaint?, error? }] }]`
 */
export async function contest(scenario, options) {
  const { quick, only } = options
  const cases = []
  for (const case_ of scenario.cases(quick)) {
    const contestants = (case_.contestants ?? scenario.contestants).filter(
      (one) => only === undefined || only.some((name) => one === name || one.startsWith(`${name}:`))
    )
    if (contestants.length === 0) continue
    cases.push({ case: case_, rows: await rows(scenario, case_, contestants, options) })
  }
  return cases
}

async function rows(scenario, case_, contestants, { quick, rounds, parallel = 1, say }) {
  const runs = new Map(contestants.map((one) => [one, []]))
  const out = new Set()
  const times = rounds ?? (quick ? 3 : (scenario.rounds ?? 5))
  for (let round = 0; round < times; round++) {
    // each round begins with another one, so that none always comes after the heaviest
    const order = contestants.map((_, n) => contestants[(n + round) % contestants.length])
    const waiting = order.filter((one) => !out.has(one))
    const next = async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        say(`${scenario.name}, ${case_.label}: round ${round + 1} of ${times}, ${one}`)
        const measured = await run(scenario, one, case_)
        runs.get(one).push(measured)
        // who fails or takes forever does so every time: once is enough
        if (measured.error !== undefined) out.add(one)
      }
    }
    await Promise.all(Array.from({ length: scenario.alone ? 1 : parallel }, next))
  }
  return contestants.map((one) => summary(one, runs.get(one)))
}

function summary(contestant, runs) {
  const failed = runs.find((one) => one.error !== undefined)
  if (failed !== undefined) return { contestant, runs: 0, error: failed.error }
  const complaint = runs.map((one) => one.complaint).find((text) => text)
  const row = { contestant, runs: runs.length, median: {}, min: {}, max: {} }
  if (complaint) row.complaint = complaint
  for (const metric of Object.keys(runs[0]).filter((key) => typeof runs[0][key] === 'number')) {
    const numbers = runs.map((one) => one[metric])
    row.median[metric] = rounded(median(numbers))
    row.min[metric] = rounded(Math.min(...numbers))
    row.max[metric] = rounded(Math.max(...numbers))
  }
  return row
}

const rounded = (number) => Number(number.toPrecision(4))

function run(scenario, contestant, case_) {
  const args = ['--expose-gc', '--no-warnings', CHILD, scenario.name, contestant, JSON.stringify(case_)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const end = limit(child, scenario.timeout ?? 25)
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const late = end()
      if (late) return resolve({ error: late })
      try {
        return resolve(JSON.parse(output.trimEnd().split('\n').at(-1)))
      } catch {
        const said = errors.split('\n').find((line) => /Error|FATAL/.test(line))
        return resolve({ error: said ?? `ended with ${signal ?? code}` })
      }
    })
  })
}

/** Ends a child that takes longer than that, in processor time where /proc tells it, and in any case ten times as long. */
function limit(child, seconds) {
  const begun = Date.now()
  let late = ''
  const timer = setInterval(() => {
    const taken = processorSeconds(child.pid) ?? (Date.now() - begun) / 1000
    if (taken < seconds && Date.now() - begun < seconds * 10_000) return
    late = `over ${seconds} s`
    child.kill('SIGKILL')
  }, 500)
  return () => {
    clearInterval(timer)
    return late
  }
}

function processorSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}
