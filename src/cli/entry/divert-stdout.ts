/**
 * What is written to stdout goes to stderr: a program that is only looked at is not to spoil the result.
 *
 * @returns ends it
 */
export function divertStdout(): () => void {
  const { stdout, stderr } = process
  const write = Reflect.get(stdout, 'write')
  stdout.write = (...written: unknown[]): boolean => {
    stderr.write(...(written as Parameters<typeof write>))
    // who waits until it has drained would listen at stdout
    return true
  }
  return () => {
    stdout.write = write
  }
}
