import { ExitCode } from '../exit-code.js'
import { divertStdout } from '../entry/divert-stdout.js'
import { runCli } from '../run-cli.js'
import { answerParent } from './answer-parent.js'
import { processIo } from './process-io.js'

/** Runs the command line of this process, and ends it unless a program runs in it. */
export async function runProcess(): Promise<void> {
  const io = processIo()
  if (io.isChild) answerParent()
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (io.exitCode === undefined) {
        // a program that runs decides itself; where it does not listen, it is an exception that nobody catches
        if (stream.listenerCount('error') > 1) return
        throw error
      }
      // whoever reads has seen enough
      if (error.code === 'EPIPE') process.exit(io.exitCode)
      const text = `keelson: not all could be written: ${error.message}\n`
      if (stream === process.stdout) process.stderr.write(text)
      process.exit(io.exitCode === ExitCode.ok ? ExitCode.failure : io.exitCode)
    })
  }
  const code = await runCli(process.argv.slice(2), io)
  if (code === undefined) return
  io.exitCode = code
  // what was looked at may have left something open
  const end = (): void => process.exit(code)
  process.stdout.write(
    '',
    whenWritten(() => process.stderr.write('', whenWritten(end)))
  )
  // and may print something yet, as it does when the process ends
  divertStdout()
}

/** A stream that fails tells its own listener, which ends the process. */
function whenWritten(next: () => void): (error?: Error | null) => void {
  return (error) => {
    if (error === undefined || error === null) next()
  }
}
