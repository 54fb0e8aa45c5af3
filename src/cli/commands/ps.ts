import type { ControlClient, ServicesView } from '../../control/index.js'
import { printable } from '../../graph/index.js'
import type { ServiceDetails } from '../../dump/index.js'
import type { AddCommand } from '../program.js'
import type { Output } from '../output.js'
import { table, type Column } from '../control/table.js'
import { addSocketOptions, readDuration, talk } from '../control/talk.js'
import { age, doing, until } from '../control/words.js'

interface PsOptions {
  readonly watch?: boolean
  readonly interval: string
}

/** `keelson ps [service]`: what the services of a running program do. */
export const addPs: AddCommand = (program, io) => {
  const command = program
    .command('ps')
    .description('show what the services of a running program do')
    .argument('[service]', 'only this one, and its children')
    .option('-w, --watch', 'show it again and again, until the program ends')
    .option('--interval <duration>', 'how often --watch looks', '1s')
  addSocketOptions(command).action(async (service: string | undefined, options: PsOptions) => {
    const interval = await readDuration(options.interval, '--interval')
    await talk(io, command, async (client, output) => {
      const look = (): Promise<ServicesView> => client.ask('GET', '/v1/services', { service })
      if (options.watch === true) await watch(client, output, look, interval)
      else {
        const view = await look()
        output.result(view, servicesText(view, output))
      }
    })
  })
}

const HOME_AND_CLEAR = '\u001B[H\u001B[J'

async function watch(
  client: ControlClient,
  output: Output,
  look: () => Promise<ServicesView>,
  interval: number
): Promise<void> {
  const { ControlError, findProgram } = await import('../../control/index.js')
  const { systemClock } = await import('../../time/index.js')
  const isTerminal = output.width !== undefined && !output.isJson
  for (let view = await look(); ;) {
    const text = servicesText(view, output)
    output.record(view, isTerminal ? HOME_AND_CLEAR + text : `${text}\n`)
    await new Promise<void>((resolve) => {
      systemClock.setTimeout(resolve, interval)
    })
    try {
      view = await look()
    } catch (error) {
      if (!(error instanceof ControlError)) throw error
      // one that listens still is blocked, or has let go of the service that is watched
      const listens = findProgram(client.program.path).then(() => true)
      if (await listens.catch(() => false)) throw error
      output.note(`keelson: ${client.program.label} has ended`)
      return
    }
  }
}

function servicesText(view: ServicesView, { colors, width }: Output): string {
  const { name, state, since, at: now, process, services } = view
  const { pid, node, uptimeMs } = process
  const head =
    `${colors.bold(printable(name))} ${state} for ${age(now - since)} · ` +
    `pid ${pid}, up for ${age(uptimeMs)} · Node.js ${node}`
  const paintState = (text: string, service: ServiceDetails): string => {
    if (service.state === 'running') return colors.green(text)
    if (service.state === 'crashed') return colors.red(text)
    return service.state === 'init' || service.state === 'stopped' ? colors.dim(text) : colors.yellow(text)
  }
  const columns: Column<ServiceDetails>[] = [
    { title: 'SERVICE', cell: (service) => service.name },
    { title: 'STATE', cell: (service) => service.state, paint: paintState },
    { title: 'FOR', cell: (service) => (service.state === 'init' ? '' : age(now - service.since)) },
    { title: 'RESTARTS', cell: (service) => String(service.restartCount) },
    {
      title: 'NEXT',
      cell: ({ tasks }) => {
        const due = tasks.flatMap((task) => task.nextDueAt ?? [])
        return due.length === 0 ? '' : until(Math.min(...due), now)
      }
    },
    { title: 'DOING', cell: (service) => doing(service) }
  ]
  return `${head}\n\n${table(services, columns, { width, dim: colors.dim })}`
}
