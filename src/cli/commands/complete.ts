import { completeWords, values, type Completion } from '../completion/complete-words.js'
import { runningNames } from '../completion/running-services.js'
import { outputOf } from '../output.js'
import type { AddCommand } from '../program.js'

/** `keelson complete -- <words…>`: what may stand at the end of a command line; for the scripts of the shells. */
export const addComplete: AddCommand = (program, io) => {
  const command = program
    .command('complete', { hidden: true })
    .description('list what may stand at the end of a command line, for keelson completion')
    .argument('[words...]', 'after --: those behind keelson; the last is being typed')
    .action(async (words: readonly string[]) => {
      const completion = completeWords(program, words)
      const found =
        completion.kind === 'services' || completion.kind === 'tasks'
          ? values(await runningNames(io, completion.kind, completion.socket), completion.typed)
          : completion
      outputOf(io, command).result(found, linesOf(found).join('\n'))
    })
}

/** As the scripts read it. */
function linesOf(completion: Completion): string[] {
  if (completion.kind !== 'values') return [completion.kind]
  const lines = completion.candidates.map(({ value, description }) =>
    description === undefined ? value : `${value}\t${description.replaceAll(/\s+/g, ' ')}`
  )
  return [completion.kind, ...lines]
}
