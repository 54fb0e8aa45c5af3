import type { ExecFileException } from 'node:child_process'

/** Comes with systemd. Node.js itself has no datagrams over Unix sockets. */
const HELPER = 'systemd-notify'
/** It answers at once, or not at all. */
const PATIENCE_MS = 5000

/**
 * Sends assignments such as `READY=1` to the socket that `NOTIFY_SOCKET` names, all in one message.
 *
 * @throws Error when it could not be sent, with what to do about it
 */
export function systemdNotify(assignments: readonly string[]): Promise<void> {
  const { execFile } = process.getBuiltinModule('node:child_process')
  return new Promise((resolve, reject) => {
    execFile(HELPER, assignments, { timeout: PATIENCE_MS }, (error, _stdout, stderr) => {
      if (error === null) resolve()
      else reject(new Error(complaint(error, stderr)))
    })
  })
}

function complaint({ code, message }: ExecFileException, stderr: string): string {
  if (code === 'ENOENT')
    return `there is no ${HELPER} to tell systemd with: install it (it comes with systemd), or use Type=exec`
  return `${HELPER} failed: ${stderr.trim() === '' ? message : stderr.trim()}`
}
