import { fileURLToPath } from 'node:url'
import { type CliIo, runCli } from '../../src/cli/index.js'

/** The folder of the programs that tests hand to the command. */
export const programs = fileURLToPath(new URL('programs/', import.meta.url))

/** What a command printed, and how it ended. */
export interface Printed {
  /** Undefined: a program was started, which will say. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** The result of a command that was given `--json`. */
  json(): unknown
  /** The error of one that was given `--json`. */
  errorJson(): unknown
}

/** Runs a command in this process, as if it stood in the folder of the programs; not on a terminal. */
export async function keelson(args: readonly string[], changes: Partial<CliIo> = {}): Promise<Printed> {
  const stdout: string[] = []
  const stderr: string[] = []
  const { argv } = process
  const code = await runCli(args, {
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text) },
    cwd: programs,
    env: {},
    exitCode: 0,
    nodeVersion: '20.19.0',
    loadsTypeScript: true,
    isChild: false,
    relaunch: () => {
      throw new Error('another process was asked for')
    },
    ...changes
  })
  process.argv = argv
  return {
    code,
    stdout: stdout.join(''),
    stderr: stderr.join(''),
    json: () => JSON.parse(stdout.join('')) as unknown,
    errorJson: () => JSON.parse(stderr.join('')) as unknown
  }
}
