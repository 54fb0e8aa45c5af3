// Two pictures from the saved results, as SVG text.
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { slope } from '../harness/statistics.mjs'
import { figure } from './table.mjs'

const COLOURS = {
  keelson: '#0b6e99',
  handwritten: '#8a8a8a',
  effect: '#c26a00',
  nestjs: '#b3264a',
  inversify: '#7d5ba6'
}
const SHOWN = Object.keys(COLOURS)
const STYLE = {
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontSize: '13px',
  background: 'white'
}

/** Boot of the layered graph, as so many times the hand-written one. */
export function bootPicture({ cases }) {
  const bars = cases.flatMap(({ case: { size }, rows }) => {
    const floor = rows.find((row) => row.contestant === 'handwritten').median.boot
    return rows
      .filter(({ contestant }) => SHOWN.includes(contestant) && contestant !== 'handwritten')
      .map(({ contestant, median, complaint, error }) => {
        const times = median && median.boot / floor
        const note = error ?? (complaint ? 'stops in the wrong order' : '')
        return {
          size,
          contestant,
          times,
          text: [times && `${figure(times)}×`, note].filter(Boolean).join('  ')
        }
      })
  })
  const longest = Math.max(...bars.map(({ times }) => times ?? 1))
  return draw({
    width: 860,
    height: 70 + 110 * cases.length,
    marginLeft: 90,
    marginRight: 150,
    marginTop: 50,
    x: {
      type: 'log',
      domain: [1, longest],
      label: 'boot, times hand-written code →',
      labelAnchor: 'left',
      ticks: [1, 2, 5, 10, 20, 50, 100, 200, 500].filter((tick) => tick <= longest),
      tickFormat: (tick) => `${tick}×`,
      grid: true
    },
    y: { label: null, domain: SHOWN.slice().filter((one) => one !== 'handwritten'), padding: 0.25 },
    fy: { label: null, tickFormat: () => '', padding: 0.3 },
    marks: [
      Plot.barX(
        bars.filter(({ times }) => times),
        { fy: 'size', y: 'contestant', x1: 1, x2: 'times', fill: ({ contestant }) => COLOURS[contestant] }
      ),
      Plot.text(bars, {
        fy: 'size',
        y: 'contestant',
        x: ({ times }) => times ?? 1,
        text: 'text',
        textAnchor: 'start',
        dx: 6,
        fill: '#222'
      }),
      Plot.text(
        cases.map(({ case: one }) => one.size),
        {
          fy: (size) => size,
          text: (size) => `${size.toLocaleString('en')} services`,
          frameAnchor: 'top-left',
          dy: -17,
          fontWeight: 'bold',
          fill: '#222'
        }
      )
    ]
  })
}

/** Boot and stop over the number of services, both axes logarithmic. */
export function growthPicture(result) {
  const points = ['boot', 'stop'].flatMap((phase) =>
    series(result, phase).flatMap(({ contestant, points: list }) =>
      list.map(([size, ms]) => ({ phase, contestant, size, ms }))
    )
  )
  const ends = Plot.selectLast({
    x: 'size',
    y: 'ms',
    z: 'contestant',
    fx: 'phase',
    text: 'contestant',
    textAnchor: 'start',
    dx: 7,
    fill: ({ contestant }) => COLOURS[contestant]
  })
  return draw({
    width: 860,
    height: 420,
    marginLeft: 60,
    marginRight: 95,
    marginTop: 40,
    x: {
      type: 'log',
      label: 'services →',
      ticks: [10, 100, 1000, 10_000, 100_000],
      tickFormat: (tick) => tick.toLocaleString('en'),
      grid: true
    },
    y: {
      type: 'log',
      label: '↑ ms',
      grid: true,
      tickFormat: (tick) => (Number.isInteger(Math.log10(tick)) || tick < 1 ? figure(tick) : '')
    },
    fx: { label: null, padding: 0.28 },
    marks: [
      Plot.line(points, {
        x: 'size',
        y: 'ms',
        z: 'contestant',
        fx: 'phase',
        stroke: ({ contestant }) => COLOURS[contestant],
        strokeWidth: 2
      }),
      Plot.dot(points, {
        x: 'size',
        y: 'ms',
        fx: 'phase',
        fill: ({ contestant }) => COLOURS[contestant],
        r: 3
      }),
      Plot.text(points, ends)
    ]
  })
}

/** How the cost grows from 1,000 services on: below, first calls are most of it. */
export function growthSlopes(result) {
  const of = (contestant, phase) => {
    const { points } = series(result, phase).find((one) => one.contestant === contestant)
    return slope(points.filter(([size]) => size >= 1000))
  }
  return SHOWN.filter((one) => series(result, 'boot').some(({ contestant }) => contestant === one)).map(
    (contestant) => ({
      contestant,
      boot: of(contestant, 'boot'),
      stop: of(contestant, 'stop')
    })
  )
}

function series({ cases }, phase) {
  const contestants = SHOWN.filter((one) => cases[0].rows.some((row) => row.contestant === one))
  return contestants.map((contestant) => ({
    contestant,
    points: cases.flatMap(({ case: { size }, rows }) => {
      const ms = rows.find((row) => row.contestant === contestant)?.median?.[phase]
      return ms === undefined ? [] : [[size, ms]]
    })
  }))
}

function draw(options) {
  const { document } = parseHTML('<html><body></body></html>')
  const svg = Plot.plot({ ...options, style: STYLE, document })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}
