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
  /** What a command that has done its work ends with, as `process.exitCode`. */
  exitCode: number
}

/** The real one. */
export function processIo(): CliIo {
  const { stdout, stderr, env } = process
  return { stdout, stderr, env, cwd: process.cwd(), exitCode: 0 }
}
