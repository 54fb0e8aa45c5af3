// Runs every contestant of a scenario in child processes of its own, in turn, so that whatever else the machine does hits
// all of them alike; then medians.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './statistics.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/**
 * @param scenario one of `scenarios/`
 * @param options `quick`: small sizes, few rounds; `say`: told of progress
 * @returns `{ cases: [{ case, rows: [{ contestant, runs, median, min, max, complaint?, error? }] }] }`
 */
export async function contest(scenario, { quick, rounds, only, say }) {
  const cases = []
  for (const case_ of scenario.cases(quick)) {
    const contestants = (case_.contestants ?? scenario.contestants).filter(
      (one) => only === undefined || only.some((name) => one === name || one.startsWith(`${name}:`))
    )
    cases.push({ case: case_, rows: await rows(scenario, case_, contestants, { quick, rounds, say }) })
  }
  return cases
}

async function rows(scenario, case_, contestants, { quick, rounds, say }) {
  const runs = new Map(contestants.map((one) => [one, []]))
  const out = new Set()
  const times = rounds ?? (quick ? 3 : (case_.rounds ?? scenario.rounds ?? 5))
  for (let round = 0; round < times; round++) {
    // each round begins with another one, so that none always comes after the heaviest
    for (let n = 0; n < contestants.length; n++) {
      const one = contestants[(n + round) % contestants.length]
      if (out.has(one)) continue
      say(`${scenario.name}, ${case_.label}: round ${round + 1} of ${times}, ${one}`)
      const measured = await run(scenario, one, case_)
      runs.get(one).push(measured)
      // who fails or takes forever does so every time: once is enough
      if (measured.error !== undefined) out.add(one)
    }
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
  const seconds = case_.timeout ?? scenario.timeout ?? 25
  return new Promise((resolve) => {
    const args = ['--expose-gc', '--no-warnings', CHILD, scenario.name, contestant, JSON.stringify(case_)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let [output, errors] = ['', '']
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, seconds * 1000)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (late) return resolve({ error: `over ${seconds} s` })
      try {
        return resolve(JSON.parse(output.trimEnd().split('\n').at(-1)))
      } catch {
        return resolve({
          error:
            errors
              .trim()
              .split('\n')
              .find((line) => /Error|FATAL/.test(line)) ?? `ended with ${signal ?? code}`
        })
      }
    })
  })
}
