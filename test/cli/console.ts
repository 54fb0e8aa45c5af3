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
  readonly json: unknown
  /** The error of one that was given `--json`. */
  readonly errorJson: unknown
}

/** Runs a command in this process, as if it stood in the folder of the programs; not on a terminal. */
export async function keelson(args: readonly string[], changes: Partial<CliIo> = {}): Promise<Printed> {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await runCli(args, {
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text) },
    cwd: programs,
    env: {},
    exitCode: 0,
    loadsTypeScript: true,
    isChild: false,
    relaunch: () => {
      throw new Error('another process was asked for')
    },
    ...changes
  })
  return {
    code,
    stdout: stdout.join(''),
    stderr: stderr.join(''),
    get json() {
      return JSON.parse(stdout.join('')) as unknown
    },
    get errorJson() {
      return JSON.parse(stderr.join('')) as unknown
    }
  }
}
