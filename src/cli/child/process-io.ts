import type { CliIo } from '../cli-io.js'
import { hasLoader } from './loaders.js'
import { PARENT, relaunch } from './relaunch.js'

/** The process itself. */
export function processIo(): CliIo {
  const { stdout, stderr, env, versions, execArgv, ppid } = process
  const isChild = env[PARENT] === String(ppid)
  // what the program starts in its turn is no child of this command
  delete env[PARENT]
  return {
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    exitCode: 0,
    isChild,
    nodeVersion: versions.node,
    loadsTypeScript:
      versions['bun'] !== undefined || versions['deno'] !== undefined || hasLoader(execArgv, env),
    relaunch
  }
}
