import type { ControlClient, RunView, ServicesView } from '../../control/index.js'
import { usageError } from '../cli-error.js'
import { addSocketOptions, talk } from '../control/talk.js'
import { age, thrown } from '../control/words.js'
import { ExitCode } from '../exit-code.js'
import type { AddCommand } from '../program.js'

/** `keelson run <service>.<task>`: calls a task, timer or cron of a running program now. */
export const addRun: AddCommand = (program, io) => {
  const command = program
    .command('run')
    .description('call a task, timer or cron of a running program now, and wait for its end')
    .argument('<service.task>', 'by its name, or that of its method')
    .addHelpText('after', '\nIt goes on when this command is interrupted.')
  addSocketOptions(command).action(async (task: string) => {
    const dot = task.lastIndexOf('.')
    if (dot <= 0 || dot === task.length - 1)
      throw usageError(`'${task}' names no task`, 'Write <service>.<task>, such as Reports.nightly.')
    await talk(io, command, async (client, output) => {
      const at = task.indexOf('.') === dot ? dot : ((await ownerOf(task, client))?.length ?? dot)
      const query = { service: task.slice(0, at), task: task.slice(at + 1) }
      const view = await client.ask<RunView>('POST', '/v1/run', query)
      if (view.status !== 'done') io.exitCode = ExitCode.failure
      output.result(view, runText(view))
    })
  })
}

/** The names of both may have dots: then the services that there are tell where one ends. */
async function ownerOf(task: string, client: ControlClient): Promise<string | undefined> {
  const { services } = await client.ask<ServicesView>('GET', '/v1/services')
  const owners = services.map(({ name }) => name).filter((name) => task.startsWith(`${name}.`))
  return owners.toSorted((a, b) => b.length - a.length)[0]
}

function runText({ service, task, status, durationMs, error }: RunView): string {
  const name = `${service}.${task}`
  switch (status) {
    case 'done':
      return `${name} done in ${age(durationMs)}`
    case 'failed':
      return `${name} failed after ${age(durationMs)}${error === undefined ? '' : `: ${thrown(error)}`}`
    case 'skipped':
      return `${name} was not called: it is running already`
  }
}
