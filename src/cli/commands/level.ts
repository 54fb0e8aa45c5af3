import type { LevelView } from '../../control/index.js'
import { table } from '../control/table.js'
import { addSocketOptions, talk } from '../control/talk.js'
import type { AddCommand } from '../program.js'

/** `keelson level [service] [level]`: from which level on a running program writes its log. */
export const addLevel: AddCommand = (program, io) => {
  const command = program
    .command('level')
    .description('show, or change, from which level on a running program logs')
    .argument('[service]', "whose; '*' (in quotes): the application and all its services")
    .argument('[level]', 'trace, debug, info, warn, error, fatal or silent')
  addSocketOptions(command).action(async (service: string | undefined, level: string | undefined) => {
    await talk(io, command, async (client, output) => {
      const views =
        level === undefined
          ? await client.ask<LevelView[]>('GET', '/v1/levels', { service })
          : await client.ask<LevelView[]>('POST', '/v1/level', { service, level })
      const changed = views.map((view) => `${view.service}: ${view.before ?? ''} → ${view.level}`)
      const columns = [
        { title: 'SERVICE', cell: (view: LevelView) => view.service },
        { title: 'LEVEL', cell: (view: LevelView) => view.level }
      ]
      const layout = { width: output.width, dim: output.colors.dim }
      output.result(views, level === undefined ? table(views, columns, layout) : changed.join('\n'))
    })
  })
}
