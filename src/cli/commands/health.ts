import type { HealthView } from '../../control/index.js'
import { usageError } from '../cli-error.js'
import { addSocketOptions, talk } from '../control/talk.js'
import { thrown } from '../control/words.js'
import { ExitCode } from '../exit-code.js'
import type { AddCommand } from '../program.js'

interface HealthOptions {
  readonly live?: boolean
  readonly ready?: boolean
}

/** `keelson health`: whether a running program is ready, or alive, as its exit code too. */
export const addHealth: AddCommand = (program, io) => {
  const command = program
    .command('health')
    .description('ask a running program whether it is ready; exit code 0: yes, 1: no, or nobody answers')
    .option('--ready', 'it runs, does not drain, and its critical services and checks are well (default)')
    .option('--live', 'only whether it has not crashed and answers; no check is asked')
  addSocketOptions(command).action(async (options: HealthOptions) => {
    const isLive = options.live === true
    if (isLive && options.ready === true)
      throw usageError('--live and --ready are two questions', 'Ask one of them.')
    await talk(io, command, async (client, output) => {
      const view = await client.ask<HealthView>('GET', '/v1/health', { ask: isLive ? undefined : 1 })
      const isWell = isLive ? view.live : view.ready
      if (!isWell) io.exitCode = ExitCode.failure
      const word = `${isWell ? '' : 'not '}${isLive ? 'live' : 'ready'}`
      const why = isWell ? [] : troubles(view)
      output.result(view, [`${view.application} is ${word}`, ...why].join('\n  '))
    })
  })
}

/** What keeps it from being ready. */
function troubles({ services }: HealthView): string[] {
  return services.flatMap(({ name, state, critical, checks }) => {
    if (!critical) return []
    if (state !== 'running') return [`${name} is '${state}'`]
    const failed = checks.filter((check) => !check.healthy && check.critical)
    return failed.map(
      (check) => `${name}: ${check.name} failed${check.error === undefined ? '' : `: ${thrown(check.error)}`}`
    )
  })
}
