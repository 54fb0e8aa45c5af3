import type { ServicesView } from '../../control/index.js'
import type { CliIo } from '../cli-io.js'
import type { Candidate } from './complete-words.js'

/** Nobody who presses a key waits longer than that for names; in milliseconds. */
const PATIENCE = 300

/**
 * The services, or the tasks, of the running program that is meant; none when it does not say so at once, when there
 * is none, or more than one.
 */
export async function runningNames(
  { env }: CliIo,
  kind: 'services' | 'tasks',
  socket: string | undefined
): Promise<Candidate[]> {
  const [{ ControlClient, findProgram }, { systemClock }] = await Promise.all([
    import('../../control/index.js'),
    import('../../time/index.js')
  ])
  const asked = findProgram(socket, env)
    .then((program) => new ControlClient(program, PATIENCE).ask<ServicesView>('GET', '/v1/services'))
    .catch(() => undefined)
  let timer: ReturnType<typeof systemClock.setTimeout>
  const late = new Promise<undefined>((resolve) => {
    timer = systemClock.setTimeout(() => resolve(undefined), PATIENCE)
  })
  const view = await Promise.race([asked, late]).finally(() => systemClock.clearTimeout(timer))
  const services = view?.services ?? []
  if (kind === 'services') return services.map(({ name, state }) => ({ value: name, description: state }))
  return services.flatMap(({ name, tasks }) =>
    tasks.map((task) => ({ value: `${name}.${task.name}`, description: task.kind }))
  )
}
