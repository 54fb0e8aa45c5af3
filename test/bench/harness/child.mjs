// One contestant, one case, one fresh process: `node child.mjs SCENARIO CONTESTANT CASE`. The last line of its output is
// what it measured, as JSON.
import { scenarios } from '../scenarios/index.mjs'

const [, , name, contestant, given] = process.argv
const scenario = await scenarios[name]()

let measured
try {
  measured = await scenario.measure(contestant, JSON.parse(given))
} catch (error) {
  measured = { error: shorten(String(error)) }
}
process.stdout.write(`\n${JSON.stringify(measured)}\n`, () => process.exit())

function shorten(text) {
  const [line] = text.split('\n')
  return line.length > 90 ? `${line.slice(0, 90)}…` : line
}
