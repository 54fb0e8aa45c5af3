import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { randomNumbers, Visitors } from './visitors.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const ZONE_HOURS = 1
const START = Date.UTC(2025, 10, 7, 5, 30)

/** A log of so many lines, some days long; the same for the same seed. The server began with the shorter format. */
export function generateLog(lines: number, seed: number): string {
  const visitors = new Visitors(seed)
  const random = randomNumbers(seed + 1)
  let time = START
  let log = ''
  for (let line = 0; line < lines; line++) {
    log += `${visitors.line(logTime(time), line < lines / 10 ? 'common' : 'combined')}\n`
    const night = new Date(time).getUTCHours() < 5
    time += Math.floor(random() * (night ? 90_000 : 40_000))
  }
  return log
}

/** As a server in Central Europe writes it in winter: `07/Nov/2025:06:30:00 +0100`. */
export function logTime(time: number): string {
  const local = new Date(time + ZONE_HOURS * 3_600_000)
  const day = `${local.getUTCDate()}`.padStart(2, '0')
  const clock = local.toISOString().slice(11, 19)
  return `${day}/${MONTHS[local.getUTCMonth()]}/${local.getUTCFullYear()}:${clock} +0${ZONE_HOURS}00`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '27' },
      'per-second': { type: 'string' }
    }
  })
  const perSecond = Number(values['per-second'] ?? 0)
  if (perSecond > 0) {
    const visitors = new Visitors(Number(values.seed))
    setInterval(() => console.log(visitors.line(logTime(Date.now()), 'combined')), 1000 / perSecond)
  } else {
    process.stdout.write(generateLog(Number(values.lines), Number(values.seed)))
  }
}
