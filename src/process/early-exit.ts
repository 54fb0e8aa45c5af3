/** A program that a `process.exit()` in somebody's code would cut short. */
export interface Interruptible {
  /** What is not going to happen then: `'the application was running, …'`; undefined when it loses nothing. */
  describeLoss(): string | undefined
}

const programs = new Set<Interruptible>()

/** From now on an exit of the process that comes before the end of `program` is told. */
export function tellOfEarlyExit(program: Interruptible): void {
  if (programs.size === 0) process.on('exit', told)
  programs.add(program)
}

/** Ends {@link tellOfEarlyExit}; with the last one, nothing is left on the process. */
export function mayExit(program: Interruptible): void {
  programs.delete(program)
  if (programs.size === 0) process.off('exit', told)
}

/** Exits, by somebody who has said why already. */
export function exitAtOnce(code: number): never {
  programs.clear()
  process.exit(code)
}

function told(code: number): void {
  for (const program of programs) {
    const loss = program.describeLoss()
    if (loss === undefined) continue
    process.stderr.write(
      `process.exit(${code}) came while ${loss}\n` +
        `  Fix:  Call stop() of the application, or throw new ExitError(${code}) in a task; leave signals to bootstrap().\n`
    )
  }
}
