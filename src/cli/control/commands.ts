import { addCron } from '../commands/cron.js'
import { addDump } from '../commands/dump.js'
import { addHealth } from '../commands/health.js'
import { addLevel } from '../commands/level.js'
import { addLogs } from '../commands/logs.js'
import { addPs } from '../commands/ps.js'
import { addRestart } from '../commands/restart.js'
import { addRun } from '../commands/run.js'
import { addStop } from '../commands/stop.js'
import type { AddCommand } from '../program.js'

/** The commands that talk to a running program, in the order of the help. */
export const CONTROL_COMMANDS: readonly AddCommand[] = [
  addPs,
  addLogs,
  addLevel,
  addStop,
  addRestart,
  addRun,
  addDump,
  addCron,
  addHealth
]
