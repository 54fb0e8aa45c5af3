import { runCli } from '../run-cli.js'
import { answerParent } from './answer-parent.js'
import { processIo } from './process-io.js'

/** Runs the command line of this process, and ends it unless a program runs in it. */
export async function runProcess(): Promise<void> {
  const io = processIo()
  if (io.isChild) answerParent()
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // a program that runs decides itself; else whoever reads has seen enough
      if (io.exitCode === undefined || error.code !== 'EPIPE') throw error
      process.exit(io.exitCode)
    })
  }
  const code = await runCli(process.argv.slice(2), io)
  if (code === undefined) return
  // what was looked at may have left something open
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}
