import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { readText } from '../sources/typescript.js'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Lets a program think that it has a terminal: it then logs lines for people instead of JSON. */
const AS_TERMINAL = '--import "data:text/javascript,process.stdout.isTTY=process.stdin.isTTY=true"'

/** Sent once, as soon as the program has printed a text. */
export interface Interruption {
  readonly signal: NodeJS.Signals
  readonly after: string
}

/** Runs a Node.js program as in a terminal, to its end; one that does not end is killed. */
export async function runInTerminal(
  args: readonly string[],
  directory: string = ROOT,
  interruption?: Interruption
): Promise<{ readonly exit: number | NodeJS.Signals | null; readonly output: string }> {
  const env = { ...process.env, NODE_OPTIONS: AS_TERMINAL, NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { cwd: directory, env, timeout: 20_000, killSignal: 'SIGKILL' })
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
 * Expects what a program printed to be what the first `text` block of a page shows, but for what differs from run to
 * run. With `UPDATE_GOLDEN=1` the page is written instead where it shows something else.
 */
export function expectShown(page: string, output: string): void {
  const text = readText(page)
  const [shown = ''] = blocksOf(text, 'text')
  if (process.env['UPDATE_GOLDEN'] === '1' && normalised(output) !== normalised(shown)) {
    writeFileSync(
      ROOT + page,
      text.replace(`\`\`\`text\n${shown}`, () => `\`\`\`text\n${withoutStacks(output).trim()}\n`)
    )
    return
  }
  expect(
    normalised(output),
    `${page} shows something else. If the new text is right: UPDATE_GOLDEN=1 npx vitest run test/samples`
  ).toBe(normalised(shown))
}

/** The fenced blocks of a Markdown page in one language, in order. */
export function blocksOf(page: string, language: string): string[] {
  const fences = page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)
  return [...fences].filter((fence) => fence[1] === language).map((fence) => fence[2] ?? '')
}

/** Takes out what differs from run to run: times of day, durations, stacks, and the slots that a busy machine misses. */
function normalised(output: string): string {
  return withoutStacks(output)
    .replaceAll(/^.* missed (?:a run|\d+ ).*\n/gm, '')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'hh:mm:ss')
    .replaceAll(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h))+\b/g, 'a while')
    .replaceAll(/ durationMs=[\d.]+/g, ' durationMs=…')
    .replaceAll(/[ \t]+$/gm, '')
    .trim()
}

function withoutStacks(output: string): string {
  return output.replaceAll(/\n {4,}at .*/g, '').replaceAll(ROOT, '')
}
