// Keelson beside its peers.
//   npm run bench                         everything; takes about an hour
//   npm run bench -- boot get             some scenarios
//   npm run bench -- --quick              small sizes, three rounds
//   npm run bench -- boot --only=keelson,handwritten --rounds=3
//   npm run bench -- --save               also writes results/*.json; then: node test/bench/report/write.mjs
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { contest } from './harness/contest.mjs'
import { machine } from './harness/machine.mjs'
import { install } from './package.mjs'
import { asText, tablesOf } from './report/table.mjs'
import { scenarios } from './scenarios/index.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    installed: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    parallel: { type: 'string' },
    only: { type: 'string' }
  }
})
const names = positionals.length > 0 ? positionals : Object.keys(scenarios)
const unknown = names.filter((name) => !(name in scenarios))
if (unknown.length > 0)
  refuse(`no scenario ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}`)
for (const name of ['rounds', 'parallel']) {
  if (values[name] !== undefined && !(Number.parseInt(values[name], 10) > 0))
    refuse(`--${name} is a number from 1 on`)
}

if (!values.installed) install()
const options = {
  quick: values.quick,
  rounds: values.rounds === undefined ? undefined : Number.parseInt(values.rounds, 10),
  parallel: values.parallel === undefined ? undefined : Number.parseInt(values.parallel, 10),
  only: values.only?.split(','),
  say: progress
}
for (const name of names) {
  const scenario = await scenarios[name]()
  const cases = await contest(scenario, options)
  if (cases.length === 0) refuse(`${name} has no contestant ${values.only}`)
  const result = { scenario: name, title: scenario.title, machine: machine(), ...pick(scenario), cases }
  progress('')
  console.log(`\n${scenario.title}\n`)
  for (const table of tablesOf(result)) console.log(`${asText(table)}\n`)
  if (values.save) {
    const file = new URL(`results/${name}.json`, import.meta.url)
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  }
}

function refuse(text) {
  console.error(text)
  process.exit(2)
}

function pick({ base, metrics }) {
  return { base, metrics }
}

/** One line that is written over, where there is a screen. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`)
}
