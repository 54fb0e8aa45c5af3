/** What the command ends with. A program that it runs ends with its own code, which is passed on. */
export const ExitCode = {
  ok: 0,
  /** What was asked for did not succeed. */
  failure: 1,
  /** The command line makes no sense: an unknown command, option, service or entry. */
  usage: 64,
  /** The program crashed, or this command did. */
  crash: 70,
  /** The program is put together wrongly: its wiring, its options, or what the entry exports. */
  configuration: 78
} as const

/** One of {@link ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
