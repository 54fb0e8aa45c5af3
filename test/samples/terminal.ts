import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Lets a program think that it writes to a terminal: it then logs lines for people instead of JSON. */
const AS_TERMINAL = '--import "data:text/javascript,process.stdout.isTTY=true"'

/** Sent once, when the program has printed a text so often. */
export interface Farewell {
  readonly signal: NodeJS.Signals
  readonly after: string
  readonly times: number
}

export interface Outcome {
  readonly exit: number | NodeJS.Signals | null
  readonly output: string
}

/** Runs a Node.js program as in a terminal, to its end; one that does not end is killed. */
export async function runInTerminal(
  args: readonly string[],
  directory: string = ROOT,
  farewell?: Farewell
): Promise<Outcome> {
  const env = { ...process.env, NODE_OPTIONS: AS_TERMINAL, NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { cwd: directory, env, timeout: 20_000, killSignal: 'SIGKILL' })
  let output = ''
  let waiting = farewell
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (waiting === undefined || output.split(waiting.after).length <= waiting.times) return
      child.kill(waiting.signal)
      waiting = undefined
    })
  }
  await once(child, 'close')
  return { exit: child.exitCode ?? child.signalCode, output }
}

/** Takes out of what was printed all that differs from run to run: times of day, durations, stacks. */
export function normalised(output: string): string {
  return output
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'hh:mm:ss')
    .replaceAll(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h))+\b/g, 'a while')
    .replaceAll(/\n +at .*/g, '')
    .replaceAll(/[ \t]+$/gm, '')
    .trim()
}

/** The fenced blocks of a Markdown page in one language, in order. */
export function blocksOf(page: string, language: string): string[] {
  const fences = page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)
  return [...fences].filter((fence) => fence[1] === language).map((fence) => fence[2] ?? '')
}
