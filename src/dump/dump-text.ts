import type { Application, Building } from '../app/index.js'
import { printable, toText } from '../graph/index.js'
import { formatDuration } from '../time/index.js'
import { describeHandles } from './open-handles.js'
import {
  processSnapshot,
  snapshotFor,
  type ProcessSnapshot,
  type ServiceDetails,
  type TaskDetails
} from './snapshot.js'

/**
 * What an application does now, for people: the text that `dumpSignal` prints. `snapshot()` has the same as data.
 *
 * @example
 * ```ts
 * process.on('SIGINFO', () => console.error(dump(app)))
 * ```
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no application
 */
export function dump(app: Application): string {
  const { name, state, since, at, process, graph, services } = snapshotFor('dump()', app)
  const lines = [`── ${printable(name)}: ${state} for ${age(at - since)}`, ...processLines(process)]
  lines.push('', toText(graph).trimEnd(), '', 'services')
  for (const service of services) lines.push(...serviceLines(service, at))
  lines.push('──')
  return lines.join('\n')
}

/** The process, and what is awaited: all that can be told before there is an application. */
export function dumpBuilding({ awaited }: Building): string {
  const parts = awaited.map(({ what, forMs }) => `  ${printable(what)}: awaited for ${age(forMs)}`)
  return ['── being constructed', ...processLines(processSnapshot()), ...parts, '──'].join('\n')
}

function processLines({ pid, node, uptimeMs, memory, openHandles }: ProcessSnapshot): string[] {
  return [
    `process ${pid}, Node.js ${node}, up for ${age(uptimeMs)}`,
    `memory  ${megabytes(memory.rss)}, of which ${megabytes(memory.heapUsed)} in the heap`,
    `open    ${describeHandles(new Map(Object.entries(openHandles))) || 'nothing'}`
  ]
}

function serviceLines(service: ServiceDetails, now: number): string[] {
  const { name, statusText, activities, pending, crashReason, location } = service
  const lines = [`  ${printable(name)}: ${stateOf(service, now)}`]
  const add = (label: string, text: string): void => void lines.push(`      ${label.padEnd(10)}  ${text}`)
  if (statusText !== '') add('status', oneLine(statusText))
  if (activities.length > 0) add('activities', activities.map(oneLine).join(', '))
  if (pending !== undefined) add('waits for', `${pending.step} for ${age(pending.forMs)}`)
  if (crashReason !== undefined) add('crashed by', oneLine(`${crashReason.name}: ${crashReason.message}`))
  for (const task of service.tasks) {
    add(task.kind, `${oneLine(task.name)}: ${describeTask(task, now)}`)
    if (task.location !== undefined) lines.push(`${' '.repeat(20)}at ${task.location}`)
  }
  if (location !== undefined) add('class', location)
  return lines
}

function stateOf({ state, since, run, restartCount, restartPlanned }: ServiceDetails, now: number): string {
  if (state === 'init') return state
  let text = `${state} for ${age(now - since)}, run ${run}`
  if (restartCount > 0) text += `, restarted ${times(restartCount)}`
  if (restartPlanned) text += ', to be restarted'
  return text
}

function describeTask(task: TaskDetails, now: number): string {
  const parts: string[] = [task.state]
  if (task.state === 'running' && task.startedAt !== undefined)
    parts[0] += ` for ${age(now - task.startedAt)}`
  if (task.nextDueAt !== undefined) {
    const left = task.nextDueAt - now
    parts.push(left > 0 ? `next in ${age(left)}` : `due for ${age(-left)}`)
  }
  if (task.kind !== 'task') parts.push(`ran ${times(task.runs)}`)
  if (task.missed > 0) parts.push(`missed ${times(task.missed)}`)
  if (task.errors > 0) parts.push(`failed ${times(task.errors)}`)
  if (task.lastDurationMs !== undefined) parts.push(`last took ${age(task.lastDurationMs)}`)
  return parts.join(', ')
}

/** As exact as somebody who looks needs it. */
export function age(milliseconds: number): string {
  const step = milliseconds < 1000 ? 1 : milliseconds < 10_000 ? 100 : 1000
  return formatDuration(Math.max(0, Math.round(milliseconds / step) * step))
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`
}

function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' ').trim())
}
