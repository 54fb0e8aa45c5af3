import type { StopView } from '../../control/index.js'
import { addSocketOptions, talk } from '../control/talk.js'
import { age } from '../control/words.js'
import type { AddCommand } from '../program.js'

/** `keelson stop [service]`: stops a running program in order, or one of its services. */
export const addStop: AddCommand = (program, io) => {
  const command = program
    .command('stop')
    .description('stop a running program in order, or one service and those that need it')
    .argument('[service]', 'only this one; keelson restart starts it again')
  addSocketOptions(command).action(async (service: string | undefined) => {
    await talk(io, command, async (client, output) => {
      const view = await client.ask<StopView>('POST', '/v1/stop', { service })
      const stopped = view.changed.filter(({ state }) => state === 'stopped').map((one) => one.service)
      const what = service === undefined ? view.application : stopped.toReversed().join(', ')
      const text = what === '' ? `${service ?? ''} did not run` : `${what} stopped in ${age(view.durationMs)}`
      output.result(view, text)
    })
  })
}
