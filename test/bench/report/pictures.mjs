// Two pictures from the saved results, as SVG text.
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { slope } from '../harness/statistics.mjs'
import { figure } from './table.mjs'

const COLOURS = {
  keelson: '#0b6e99',
  effect: '#c26a00',
  nestjs: '#b3264a',
  inversify: '#7d5ba6',
  handwritten: '#7a7a7a'
}
const INK = '#222'
const colour = ({ contestant }) => COLOURS[contestant]
const thousands = (number) => number.toLocaleString('en')

/** Boot of the layered graph, as so many times the hand-written one. */
export function bootPicture({ cases }) {
  const ran = new Set(cases.flatMap(({ rows }) => rows.map(({ contestant }) => contestant)))
  const contestants = Object.keys(COLOURS).filter((one) => one !== 'handwritten' && ran.has(one))
  const bars = cases.flatMap(({ case: { label }, rows }) => {
    const floor = rows.find((row) => row.contestant === 'handwritten').median.boot
    return rows
      .filter(({ contestant }) => contestants.includes(contestant))
      .map(({ contestant, median, complaint, error }) => ({
        label,
        contestant,
        wrong: Boolean(complaint),
        times: median && median.boot / floor,
        text: median
          ? `${figure(median.boot / floor)}×${complaint ? ', stops in the wrong order' : ''}`
          : error
      }))
  })
  const most = Math.max(...bars.map(({ times }) => times ?? 1))
  const band = { fy: 'label', y: 'contestant' }
  return draw({
    height: 95 + (34 + 28 * contestants.length) * cases.length,
    marginLeft: 80,
    marginRight: 170,
    marginTop: 58,
    marginBottom: 48,
    x: {
      type: 'log',
      domain: [1, most],
      ticks: [1, 2, 5, 10, 20, 50, 100, 200, 500].filter((tick) => tick <= most),
      tickFormat: (tick) => `${tick}×`,
      label: 'times hand-written code (1× is the least there can be), logarithmic',
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 40,
      grid: true
    },
    y: { label: null, domain: contestants, padding: 0.22, tickSize: 0 },
    fy: { label: null, domain: cases.map(({ case: one }) => one.label), tickFormat: () => '', padding: 0.26 },
    title: 'Boot of a layered graph with async start hooks: shorter is better',
    marks: [
      Plot.barX(
        bars.filter(({ times }) => times),
        { ...band, x1: 1, x2: 'times', fill: colour, fillOpacity: ({ wrong }) => (wrong ? 0.45 : 1) }
      ),
      Plot.text(bars, {
        ...band,
        x: ({ times }) => times ?? 1,
        text: 'text',
        textAnchor: 'start',
        dx: 6,
        fill: INK
      }),
      Plot.text(cases, {
        fy: ({ case: one }) => one.label,
        text: ({ case: one }) => one.label,
        frameAnchor: 'top-left',
        dy: -16,
        fontWeight: 'bold',
        fill: INK
      })
    ]
  })
}

/** Boot and stop over the number of services, both axes logarithmic. */
export function growthPicture(result) {
  const points = ['boot', 'stop'].flatMap((phase) =>
    series(result, phase).flatMap((one) =>
      one.points.map(([size, ms]) => ({ phase, contestant: one.contestant, size, ms }))
    )
  )
  const sizes = result.cases.map(({ case: { size } }) => size)
  const most = Math.max(...points.map(({ ms }) => ms))
  const least = Math.min(...points.map(({ ms }) => ms))
  const decades = Array.from({ length: 12 }, (_, n) => 10 ** (n - 3)).filter(
    (tick) => tick >= least && tick <= most
  )
  return draw({
    height: 460,
    marginLeft: 78,
    marginRight: 95,
    marginTop: 66,
    marginBottom: 46,
    x: {
      type: 'log',
      domain: [Math.min(...sizes), Math.max(...sizes)],
      ticks: sizes.filter((size) => Number.isInteger(Math.log10(size))),
      tickFormat: thousands,
      label: 'services',
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 40,
      grid: true
    },
    y: { type: 'log', ticks: decades, tickFormat: (tick) => `${figure(tick)} ms`, label: null, grid: true },
    fx: { label: null, padding: 0.25 },
    title: 'How boot and stop grow, both axes logarithmic: a line of slope 1 is growth in proportion',
    marks: [
      Plot.line(points, { x: 'size', y: 'ms', z: 'contestant', fx: 'phase', stroke: colour, strokeWidth: 2 }),
      Plot.dot(points, { x: 'size', y: 'ms', fx: 'phase', fill: colour, r: 3 }),
      Plot.text(labels(points, most / least), {
        x: 'size',
        y: 'at',
        fx: 'phase',
        text: 'contestant',
        textAnchor: 'start',
        dx: 8,
        fill: colour
      })
    ]
  })
}

/** The name of each line at its end, those that would lie on each other moved apart. */
function labels(points, range) {
  const apart = range ** 0.045
  return ['boot', 'stop'].flatMap((phase) => {
    const ends = Object.keys(COLOURS)
      .map((contestant) => points.findLast((one) => one.phase === phase && one.contestant === contestant))
      .filter((one) => one !== undefined)
      .toSorted((a, b) => a.ms - b.ms)
    return ends.reduce((placed, end) => {
      const below = placed.findLast(({ size }) => size === end.size)
      return [...placed, { ...end, at: Math.max(end.ms, below ? below.at * apart : 0) }]
    }, [])
  })
}

/** How the cost grows from 1,000 services on: below, first calls are most of it. */
export function growthSlopes(result) {
  const of = (contestant, phase) => {
    const { points } = series(result, phase).find((one) => one.contestant === contestant)
    return slope(points.filter(([size]) => size >= 1000))
  }
  return series(result, 'boot').map(({ contestant, points }) => ({
    contestant,
    boot: of(contestant, 'boot'),
    stop: of(contestant, 'stop'),
    upTo: points.at(-1)[0]
  }))
}

function series({ cases }, phase) {
  const contestants = Object.keys(COLOURS).filter((one) =>
    cases[0].rows.some((row) => row.contestant === one)
  )
  return contestants.map((contestant) => ({
    contestant,
    points: cases.flatMap(({ case: { size }, rows }) => {
      const ms = rows.find((row) => row.contestant === contestant)?.median?.[phase]
      return ms === undefined ? [] : [[size, ms]]
    })
  }))
}

/** With its title inside, since a plot's own would stand outside of the SVG; white behind, for dark pages. */
function draw({ title, ...options }) {
  const { document } = parseHTML('<html><body></body></html>')
  const style = {
    fontFamily: 'system-ui, "Segoe UI", Roboto, sans-serif',
    fontSize: '13px',
    color: INK,
    background: 'white'
  }
  const svg = Plot.plot({ width: 860, ...options, style, document })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.insertAdjacentHTML(
    'afterbegin',
    `<title>${title}</title><rect width="100%" height="100%" fill="white"/>`
  )
  svg.insertAdjacentHTML(
    'beforeend',
    `<text x="12" y="24" text-anchor="start" font-size="15" font-weight="bold" fill="${INK}">${title}</text>`
  )
  return `${svg.outerHTML}\n`
}
