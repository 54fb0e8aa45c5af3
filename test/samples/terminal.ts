import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readText } from '../sources/typescript.js'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Lets a program think that it has a terminal: it then logs lines for people instead of JSON. */
const AS_TERMINAL = '--import "data:text/javascript,process.stdout.isTTY=true"'

/** Of loaders that Node.js 26 has found old; what the program under test warns of is shown. */
const NO_WORD_OF_LOADERS = '--disable-warning=DEP0205'

/** Sent once, as soon as the program has printed a text. */
export interface Interruption {
  readonly signal: NodeJS.Signals
  readonly after: string
}

/** How a program ended, and all that it printed. */
export interface Outcome {
  readonly exit: number | NodeJS.Signals | null
  readonly output: string
}

/** Runs a Node.js program as in a terminal, to its end; one that does not end is killed. */
export async function runInTerminal(
  args: readonly string[],
  directory: string = ROOT,
  interruption?: Interruption
): Promise<Outcome> {
  const env = { ...process.env, NODE_OPTIONS: `${AS_TERMINAL} ${NO_WORD_OF_LOADERS}`, NO_COLOR: '1' }
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env,
    timeout: 240_000,
    killSignal: 'SIGKILL'
  })
  let output = ''
  let waiting = interruption
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (waiting === undefined || !output.includes(waiting.after)) return
      child.kill(waiting.signal)
      waiting = undefined
    })
  }
  await once(child, 'close')
  return { exit: child.exitCode ?? child.signalCode, output }
}

/**
 * What the first `text` block of a page shows, as {@link comparable}. With `UPDATE_GOLDEN=1` the page is first made to
 * show what the program has printed, if that differs and the program ended well.
 */
export function shownOn(page: string, printed: Outcome): Outcome {
  const text = readText(page)
  const [shown = ''] = blocksOf(text, 'text')
  const expected = comparable({ exit: 0, output: shown })
  if (process.env['UPDATE_GOLDEN'] !== '1' || printed.exit !== 0) return expected
  if (comparable(printed).output === expected.output) return expected
  const block = `\`\`\`text\n${withoutStacks(printed.output).trim()}\n\`\`\``
  writeFileSync(
    ROOT + page,
    text.replace(/^```text\n[^]*?^```$/m, () => block)
  )
  return comparable(printed)
}

/**
 * Takes out what differs from run to run: times of day, durations, stacks, the slots that a busy machine misses, and
 * what is said at a real terminal alone.
 */
export function comparable({ exit, output }: Outcome): Outcome {
  const text = withoutStacks(output)
    .replaceAll(/^.* missed (?:a run|\d+ ).*\n/gm, '')
    .replaceAll(/^.* stopping; Ctrl-C again exits at once\n/gm, '')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'hh:mm:ss')
    .replaceAll(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h))+\b/g, 'a while')
    .replaceAll(/ durationMs=[\d.]+/g, ' durationMs=…')
    .replaceAll(/[ \t]+$/gm, '')
  return { exit, output: text.trim() }
}

/** The fenced blocks of a Markdown page in one language, in order. */
export function blocksOf(page: string, language: string): string[] {
  const fences = page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)
  return [...fences].filter((fence) => fence[1] === language).map((fence) => fence[2] ?? '')
}

function withoutStacks(output: string): string {
  return output.replaceAll(/\n {4,}at .*/g, '').replaceAll(ROOT, '')
}
