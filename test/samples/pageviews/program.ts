import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const LOADER = ['--import', '@oxc-node/core/register', 'samples/pageviews/main.ts']

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
    return this.#waitFor(async () => {
      const match = pattern.exec(this.#output)
      if (match === null) throw new Error(`it did not print ${pattern}`)
      return match[1] ?? match[0]
    })
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
    if (totals.requests + totals.badLines !== lines)
      throw new Error(`not ${lines}: ${JSON.stringify(totals)}`)
    return totals
  }

  /** Waits until more than so many lines are saved. */
  async moreThan(lines: number): Promise<Totals> {
    return this.#waitFor(async () => {
      const totals = await this.get<Totals>('/totals')
      if (totals.requests + totals.badLines <= lines) throw new Error(`still ${JSON.stringify(totals)}`)
      return totals
    })
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

  /** Tries again and again, in vain once the program has ended. */
  async #waitFor<T>(attempt: () => Promise<T>): Promise<T> {
    const ended = this.#exit.then(async () => ({ value: await attempt() }))
    const waited = vi.waitFor(attempt, { timeout: 30_000, interval: 5 }).then((value) => ({ value }))
    waited.catch(() => {})
    try {
      return (await Promise.race([waited, ended])).value
    } catch (error) {
      throw new Error(`${String(error)}; the program printed:\n${this.#output}`, { cause: error })
    }
  }
}
