import type { StopView } from '../../control/index.js'
import { addSocketOptions, talk } from '../control/talk.js'
import { age } from '../control/words.js'
import type { AddCommand } from '../program.js'

/** `keelson restart <service>`: stops and starts one service of a running program. */
export const addRestart: AddCommand = (program, io) => {
  const command = program
    .command('restart')
    .description('stop and start one service of a running program')
    .argument('<service>', 'alone: those that need it go on; one that has been stopped just starts')
    .addHelpText(
      'after',
      '\nThe whole program is started again by whatever runs it, once keelson stop has stopped it.'
    )
  addSocketOptions(command).action(async (service: string) => {
    await talk(io, command, async (client, output) => {
      const view = await client.ask<StopView>('POST', '/v1/restart', { service })
      output.result(view, `${service} restarted in ${age(view.durationMs)}`)
    })
  })
}
