import { usageError } from '../cli-error.js'
import { addSocketOptions, talk } from '../control/talk.js'
import { harmless } from '../control/words.js'
import type { AddCommand } from '../program.js'

interface LogsOptions {
  readonly follow?: boolean
  readonly level?: string
  readonly since?: string
}

/** `keelson logs [service]`: the last lines of a running program's log, and those to come. */
export const addLogs: AddCommand = (program, io) => {
  const command = program
    .command('logs')
    .description('show the last lines of the log of a running program')
    .argument('[service]', 'only of this one, and its children')
    .option('-f, --follow', 'go on with the lines to come, until the program ends')
    .option('--level <level>', 'only lines of this level or above')
    .option('--since <time>', "only lines since then: a duration ago such as '5m', or a date and time")
    .addHelpText(
      'after',
      '\nThe program keeps its last 1,000 lines. What its level holds back is not written at all: see keelson level.'
    )
  addSocketOptions(command).action(async (service: string | undefined, options: LogsOptions) => {
    const since = options.since === undefined ? undefined : await timeOf(options.since)
    await talk(io, command, async (client, output) => {
      const { ReadableLines } = await import('../../logging/index.js')
      const readable = new ReadableLines(
        { write: (text) => output.text(text) },
        { colors: output.colors.isColorSupported }
      )
      const follow = options.follow === true ? 1 : undefined
      const query = { service, level: options.level, since, follow }
      for await (const line of client.lines('/v1/logs', query))
        if (output.isJson) output.text(line)
        else readable.write(`${harmless(line)}\n`)
    })
  })
}

/** In milliseconds since the epoch. */
async function timeOf(text: string): Promise<number> {
  const { systemClock, toMilliseconds } = await import('../../time/index.js')
  const date = Date.parse(text)
  // to Date, a number alone is a month or a year: whoever writes 5 means a duration, and has left out of what
  if (!Number.isNaN(date) && !/^\d+(\.\d+)?\s*([a-z]|$)/i.test(text)) return date
  try {
    return Math.floor(systemClock.now() - toMilliseconds(text, '--since'))
  } catch {
    throw usageError(
      `--since is '${text}', which is neither a duration nor a date`,
      "Write such as '5m', or '2026-03-08T09:00:00Z'."
    )
  }
}
