import type { ExecFileException } from 'node:child_process'
import { formatDuration } from '../time/index.js'

/** Comes with systemd. Node.js itself has no datagrams over Unix sockets. */
const HELPER = 'systemd-notify'
/** It waits until systemd has taken the message, for 5 s at most. */
const PATIENCE_MS = 4000

/** Systemd took no message in time, as while it reloads its units; it may take the next one. */
export class SystemdBusy extends Error {}

/**
 * Sends assignments such as `READY=1` to the socket that `NOTIFY_SOCKET` names, all in one message.
 *
 * @throws Error when it could not be sent, with what to do about it; {@link SystemdBusy} when it may be the next time
 */
export function systemdNotify(assignments: readonly string[]): Promise<void> {
  const { execFile } = process.getBuiltinModule('node:child_process')
  return new Promise((resolve, reject) => {
    execFile(HELPER, assignments, { timeout: PATIENCE_MS }, (error, _stdout, stderr) => {
      if (error === null) resolve()
      else if (error.killed === true)
        reject(new SystemdBusy(`it took no message within ${formatDuration(PATIENCE_MS)}`))
      else reject(new Error(complaint(error, stderr)))
    })
  })
}

function complaint({ code, message }: ExecFileException, stderr: string): string {
  if (code === 'ENOENT')
    return `there is no ${HELPER} to tell systemd with: install it (it comes with systemd), or use Type=exec`
  return `${HELPER} failed: ${stderr.trim() === '' ? message : stderr.trim()}`
}
