// Writes what `npm run bench -- --save` has left in results/ into the pages and the pictures.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { scenarios } from '../scenarios/index.mjs'
import { bootPicture, growthPicture, growthSlopes } from './pictures.mjs'
import { withShortTable } from './short-table.mjs'
import { summary } from './summary.mjs'
import { asMarkdown, figure, tablesOf } from './table.mjs'

const at = (path) => new URL(`../${path}`, import.meta.url)

const results = {}
for (const name of Object.keys(scenarios)) {
  const result = saved(name)
  if (result) results[name] = result
}
const profile = saved('profile')

const lines = []
for (const [name, result] of Object.entries(results)) lines.push(...summary(await scenarios[name](), result))
lines.sort((a, b) => a.number - b.number)

fill('README.md', {
  machine: machineLine(Object.values(results)),
  summary: summaryTable(lines),
  growth: results.growth && growthTable(results.growth),
  profile: profile && profileTable(profile),
  scenarios: Object.entries(results).map(everyFigure).join('\n\n')
})
const front = at('../../README.md')
writeFileSync(front, withShortTable(readFileSync(front, 'utf8'), results))
if (results.boot) writeFileSync(at('results/boot.svg'), bootPicture(results.boot))
if (results.growth) writeFileSync(at('results/growth.svg'), growthPicture(results.growth))

function saved(name) {
  const file = at(`results/${name}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function fill(page, parts) {
  let text = readFileSync(at(page), 'utf8')
  for (const [name, part] of Object.entries(parts)) {
    if (part === undefined) continue
    const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`)
    text = text.replace(between, (_, open, close) => `${open}${part}\n${close}`)
  }
  writeFileSync(at(page), text)
}

function everyFigure([name, result]) {
  const tables = tablesOf(result).map(asMarkdown)
  return [`### ${result.title}`, `\`npm run bench -- ${name}\``, ...tables].join('\n\n')
}

function summaryTable(all) {
  const rows = all.map(({ number, what, unit, measured, best, bar, aim, reached }) => {
    const peer = best === undefined ? '–' : `${best.name} ${figure(best.value)}`
    const mark = { aim: 'aim', bar: 'bar', neither: '**no**' }[reached]
    return `| ${number} | ${what} | ${figure(measured)} ${unit} | ${peer} | ${figure(bar)} | ${figure(aim)} | ${mark} |`
  })
  return [
    '| | what | Keelson | best peer | bar | aim | reached |',
    '|--:|---|--:|--:|--:|--:|---|',
    ...rows
  ].join('\n')
}

function growthTable(result) {
  const rows = growthSlopes(result).map(
    ({ contestant, boot, stop }) => `| ${contestant} | ${figure(boot)} | ${figure(stop)} |`
  )
  const picture = '![Boot and stop from 10 to 100,000 services](results/growth.svg)'
  return [picture, '', '| | slope of boot | slope of stop |', '|---|--:|--:|', ...rows].join('\n')
}

function profileTable({ size, shape, phases: { boot, stop } }) {
  const rows = Object.keys({ ...boot, ...stop })
    .filter((place) => (boot[place] ?? 0) >= 1 || (stop[place] ?? 0) >= 1)
    .map((place) => `| ${place} | ${boot[place] ?? 0} | ${stop[place] ?? 0} |`)
  const head = `| own time, ${shape}, ${size.toLocaleString('en')} services | boot, % | stop, % |`
  return [head, '|---|--:|--:|', ...rows].join('\n')
}

function machineLine(all) {
  const { node, processor, memory, system } = all[0].machine
  const loads = all.map(({ machine }) => machine.load[0])
  const dates = all.map(({ machine }) => machine.at).toSorted()
  const days = [dates[0], dates.at(-1)].map((date) => date.slice(0, 10)).join(' to ')
  const busy = `load ${Math.min(...loads)} to ${Math.max(...loads)}`
  return `Node.js ${node}, ${processor}, ${memory}, ${system}; ${days}, ${busy}.`
}
