import type { DumpView } from '../../control/index.js'
import { addSocketOptions, talk } from '../control/talk.js'
import type { AddCommand } from '../program.js'

/** `keelson dump`: all that a running program does, as SIGUSR2 prints it. */
export const addDump: AddCommand = (program, io) => {
  const command = program
    .command('dump')
    .description('show all that a running program does, as it prints on SIGUSR2')
  addSocketOptions(command).action(async () => {
    await talk(io, command, async (client, output) => {
      const { text, ...view } = await client.ask<DumpView>('GET', '/v1/dump')
      output.result(view, text)
    })
  })
}
