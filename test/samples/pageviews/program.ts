import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const LOADER = ['--import', '/tmp/k/pageviews/oxc/node_modules/@oxc-node/core/register.mjs', 'samples/pageviews/main.ts']

export interface Totals {
  readonly requests: number
  readonly views: number
  readonly bytes: number
  readonly pages: number
  readonly badLines: number
}

/** The sample as a process of its own, as a user starts it. Killed after the test, if it still runs. */
export class Program {
  readonly #child
  readonly #exit: Promise<unknown>
  #output = ''

  constructor(args: readonly string[]) {
    const child = spawn(process.execPath, [...LOADER, ...args], { cwd: ROOT })
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => (this.#output += `${line}\n`))
    }
    this.#child = child
    this.#exit = once(child, 'close')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await this.#exit
    })
  }

  /** All that it printed so far. */
  get output(): string {
    return this.#output
  }

  /** Waits until it has printed something, and gives what the pattern's group matched. */
  async printed(pattern: RegExp): Promise<string> {
    const gone = this.#exit.then(() => 'gone' as const)
    return vi.waitFor(
      async () => {
        const match = pattern.exec(this.#output)
        if (match !== null) return match[1] ?? match[0]
        if (this.#child.exitCode !== null && (await gone))
          return pattern.exec(this.#output)?.[1] ?? this.#never(pattern)
        throw new Error(`waiting for ${pattern} in:\n${this.#output}`)
      },
      { timeout: 15_000, interval: 10 }
    )
  }

  #never(pattern: RegExp): never {
    throw new Error(`it ended without printing ${pattern}:\n${this.#output}`)
  }

  async url(path = ''): Promise<string> {
    return `${await this.printed(/figures at (http:\S+)\/;/)}${path}`
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(await this.url(path))
    return (await response.json()) as T
  }

  /** Waits until so many lines are saved, and no more. */
  async counted(lines: number): Promise<Totals> {
    const totals = await this.moreThan(lines - 1)
    if (totals.requests + totals.badLines !== lines) throw new Error(`not ${lines}: ${JSON.stringify(totals)}`)
    return totals
  }

  /** Waits until more than so many lines are saved. */
  async moreThan(lines: number): Promise<Totals> {
    return vi.waitFor(
      async () => {
        const totals = await this.get<Totals>('/totals')
        if (totals.requests + totals.badLines <= lines) throw new Error(`still ${JSON.stringify(totals)}`)
        return totals
      },
      { timeout: 30_000, interval: 5 }
    )
  }

  write(text: string): void {
    this.#child.stdin.write(text)
  }

  endInput(): void {
    this.#child.stdin.end()
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits for its end: the exit code, or the signal that killed it. */
  async exit(): Promise<number | NodeJS.Signals | null> {
    await this.#exit
    return this.#child.exitCode ?? this.#child.signalCode
  }
}
