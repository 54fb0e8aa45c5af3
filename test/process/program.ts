import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How a program ended, and all that it printed. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The lines on stdout that the program itself has written. */
  readonly words: readonly string[]
  /** The lines on stdout that are of its log. */
  readonly logged: readonly LogLine[]
}

/** A line of the log. */
export interface LogLine {
  readonly msg: string
  readonly time: number
  readonly event?: string
  readonly service?: string
  readonly durationMs?: number
  readonly err?: unknown
}

/** How to run a program. */
export interface RunOptions {
  readonly args?: readonly string[]
  /** Undefined: without this one. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Options of Node.js itself. */
  readonly execArgv?: readonly string[]
  /** Straight from TypeScript, by a loader, and not compiled. */
  readonly loader?: 'tsx'
}

/**
 * Compiles `src/` and the programs once, into a folder that is gone with the tests of the file.
 *
 * @param programs where they are
 */
export function compilePrograms(
  programs = 'test/process/programs'
): (name: string, options?: RunOptions) => Program {
  const folder = compile(programs)
  const running = runningPrograms()
  return (name, options = {}) => {
    const base = join(options.loader === undefined ? folder : root, programs, name)
    const file = options.loader === undefined ? [`${base}.js`] : ['--import', options.loader, `${base}.ts`]
    return running(
      new Program([...(options.execArgv ?? []), ...file, ...(options.args ?? [])], options.env ?? {})
    )
  }
}

/** What a test has started ends with the tests of its file. */
export function runningPrograms(): (program: Program) => Program {
  const running = new Set<Program>()
  afterAll(() => {
    for (const program of running) program.kill('SIGKILL')
  })
  return (program) => {
    running.add(program)
    void program.ended.then(() => running.delete(program))
    return program
  }
}

/** Compiles `src/` and a folder of programs into another one, which it returns; it is gone with the tests of the file. */
export function compile(programs: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-programs-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  // The package refers to itself by its name, so that the programs import what was compiled beside them.
  const manifest = { name: 'keelson', type: 'module', exports: { '.': './src/index.js' } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const config = {
    extends: join(root, 'tsconfig.json'),
    // no paths: a loader that reads this file would take the sources for what was compiled
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      sourceMap: true,
      paths: {},
      rootDir: root,
      outDir: folder
    },
    include: [join(root, 'src'), join(root, programs)],
    exclude: []
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the programs do not compile:\n${stdout}`)
  return folder
}

/** A program that runs in a process of its own. */
export class Program {
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  #hasEnded = false
  #waiters: (() => void)[] = []

  constructor(args: readonly string[], env: Readonly<Record<string, string | undefined>>, cwd = root) {
    const stdio = ['ignore', 'pipe', 'pipe'] as const
    this.#child = spawn(process.execPath, args, {
      cwd,
      // a process group of its own, as a terminal gives each command
      detached: process.platform !== 'win32',
      env: { ...process.env, ...env },
      stdio: [...stdio]
    })
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#printed(() => (this.#stdout += chunk.toString())))
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#printed(() => (this.#stderr += chunk.toString())))
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#printed(() => (this.#hasEnded = true))
        const lines = this.#stdout.split('\n').filter((line) => line !== '')
        resolve({
          code,
          signal,
          stdout: this.#stdout,
          stderr: this.#stderr,
          words: lines.filter((line) => !line.startsWith('{')),
          logged: lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine)
        })
      })
    })
  }

  /** Resolves once it has printed this, on whichever stream. */
  prints(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#stdout.includes(text) || this.#stderr.includes(text)) resolve()
        else if (this.#hasEnded) reject(new Error(`never printed ${JSON.stringify(text)}, but\n${this.#all}`))
        else this.#waiters.push(look)
      }
      look()
    })
  }

  get pid(): number {
    return this.#child.pid ?? NaN
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Sends a signal to it and to all that it has started, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.#child.pid!, signal)
  }

  /** Closes both pipes, as `| head` does when it has seen enough. */
  stopReading(): void {
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
  }

  get #all(): string {
    return `${this.#stdout}\n${this.#stderr}`
  }

  #printed(change: () => void): void {
    change()
    const waiters = this.#waiters
    this.#waiters = []
    for (const look of waiters) look()
  }
}
