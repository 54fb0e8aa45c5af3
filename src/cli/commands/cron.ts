import type { CronView, CronsView } from '../../control/index.js'
import { addSocketOptions, talk } from '../control/talk.js'
import { age, lastCall, until } from '../control/words.js'
import type { Output } from '../output.js'
import type { AddCommand } from '../program.js'

/** `keelson cron [service]`: when the timers and crons of a running program are due, and how they went. */
export const addCron: AddCommand = (program, io) => {
  const command = program
    .command('cron')
    .description('show when the timers and crons of a running program are due, and how they went')
    .argument('[service]', 'only of this one, and its children')
  addSocketOptions(command).action(async (service: string | undefined) => {
    await talk(io, command, async (client, output) => {
      const view = await client.ask<CronsView>('GET', '/v1/crons', { service })
      output.result(view, cronsText(view, output))
    })
  })
}

function cronsText({ now, crons }: CronsView, output: Output): string {
  if (crons.length === 0) return 'no timers, and no crons'
  return crons.map((cron) => cronText(cron, now, output)).join('\n\n')
}

function cronText(cron: CronView, now: number, { colors }: Output): string {
  const { service, name, runs, missed, errors } = cron
  const last = lastCall(cron, now)
  const lines = [`${colors.bold(`${service}.${name}`)}  ${scheduleText(cron)}`]
  const row = (title: string, text: string): void => void lines.push(`  ${title.padEnd(8)}${text}`)
  row('last', cron.lastError === undefined ? last : colors.red(last))
  row('so far', `called ${times(runs)}, missed ${times(missed)}, failed ${times(errors)}`)
  for (const [index, text] of nextTexts(cron, now).entries()) row(index === 0 ? 'next' : '', text)
  return lines.join('\n')
}

function scheduleText({ kind, schedule }: CronView): string {
  switch (schedule.kind) {
    case 'timer':
      return schedule.mode === 'rate'
        ? `every ${age(schedule.everyMs)}`
        : `${age(schedule.everyMs)} after its last run`
    case 'cron':
      return `${schedule.expression}  ${schedule.timezone}`
    case 'off':
      return `${kind}, ${schedule.reason === 'disabled' ? 'disabled' : `its service is '${schedule.reason}'`}`
  }
}

/** Crons in their own time zone, one a line; timers by how long it takes. */
function nextTexts({ schedule, next }: CronView, now: number): string[] {
  if (next.length === 0) return []
  if (schedule.kind !== 'cron') return [next.map((at) => until(at, now)).join(', ')]
  return next.map((at) => `${localTime(at, schedule.timezone)}  ${until(at, now)}`)
}

/** Such as `Sun 2026-03-08 03:00:00 GMT-4`: the same hour comes twice when clocks are set back. */
function localTime(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset'
  })
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const { weekday, year, month, day, hour, minute, second, timeZoneName } = parts
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}:${second} ${timeZoneName}`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
