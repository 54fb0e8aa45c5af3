import type { Command } from 'commander'
import picocolors from 'picocolors'
import type { CliIo, CliStream } from './cli-io.js'

/** What every command understands. */
export interface GlobalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
  readonly debug: boolean
}

type Colors = ReturnType<typeof picocolors.createColors>

/** What a command says: its result on stdout, as text or as JSON; everything else on stderr. */
export class Output {
  readonly isJson: boolean
  readonly isQuiet: boolean
  /** Errors come with their stacks. */
  readonly isDebug: boolean
  /** Whether `--no-color` was not given. */
  readonly allowsColors: boolean
  /** For the result. */
  readonly colors: Colors
  /** For what is said beside it. */
  readonly errorColors: Colors
  /** How wide the terminal is; undefined: there is none, and nothing has to be cut. */
  readonly width: number | undefined
  readonly #io: CliIo

  constructor(io: CliIo, { json, quiet, color, debug }: GlobalOptions) {
    this.#io = io
    this.isJson = json
    this.isQuiet = quiet
    this.isDebug = debug
    this.allowsColors = color
    this.colors = colorsFor(io.stdout, io, color && !json)
    this.errorColors = colorsFor(io.stderr, io, color && !json)
    this.width = io.stdout.isTTY === true ? io.stdout.columns : undefined
  }

  /** The result: the text, or under `--json` the value. To be called once. */
  result(value: unknown, text: string): void {
    if (this.isJson) this.json(value)
    else this.text(text)
  }

  /** One of many results, as they come: the text, or under `--json` the value on a line of its own. */
  record(value: unknown, text: string): void {
    this.#io.stdout.write(`${this.isJson ? JSON.stringify(value) : text}\n`)
  }

  /** The result as JSON, whatever the options say. */
  json(value: unknown): void {
    this.#io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
  }

  /** The result as text, whatever the options say. */
  text(text: string): void {
    if (text !== '') this.#io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Something beside the result; not said under `--quiet` and `--json`. */
  readonly note = (text: string): void => {
    if (!this.isQuiet && !this.isJson) this.#io.stderr.write(`${text}\n`)
  }

  /** Something that went wrong. */
  error(value: unknown, text: string): void {
    this.#io.stderr.write(`${this.isJson ? JSON.stringify(value, undefined, 2) : text}\n`)
  }
}

/** How the command that runs is to speak. */
export function outputOf(io: CliIo, command: Command): Output {
  return new Output(io, readGlobals(command.optsWithGlobals()))
}

/** The global options, as far as they are known. */
export function readGlobals({ json, quiet, color, debug }: Partial<GlobalOptions>): GlobalOptions {
  return { json: json === true, quiet: quiet === true, color: color !== false, debug: debug === true }
}

function colorsFor(stream: CliStream, { env }: CliIo, wanted: boolean): Colors {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = env
  // 0 forces them off, as it does in the log of a program
  const isOff =
    !wanted || NO_COLOR !== '' || TERM === 'dumb' || FORCE_COLOR === '0' || FORCE_COLOR === 'false'
  return picocolors.createColors(!isOff && (stream.isTTY === true || FORCE_COLOR !== ''))
}
