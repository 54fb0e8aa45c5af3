/** A stream that text is written to. */
export interface CliStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** What the command has of the process, so that a test can hold it in its hand. */
export interface CliIo {
  readonly stdout: CliStream
  readonly stderr: CliStream
  /** The folder that paths are relative to. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** What a command ends with, as `process.exitCode`; undefined: a program that it runs will say. */
  exitCode: number | undefined
  readonly nodeVersion: string
  /** Whether this process can load TypeScript with decorators. */
  readonly loadsTypeScript: boolean
  /** Whether another process of this command has started this one to do its work. */
  readonly isChild: boolean
  /** Runs the same command line in another process, with these arguments for Node and these variables besides. */
  relaunch(nodeArguments: readonly string[], env: Readonly<Record<string, string>>): Relaunched
}

/** A process that does the work of this one. */
export interface Relaunched {
  /** Resolves with its exit code. */
  readonly ended: Promise<number>
  /** Sends it the signal; one whose event loop is blocked is killed in the end. */
  kill(signal: NodeJS.Signals): void
}
