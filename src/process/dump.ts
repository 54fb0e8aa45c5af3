import type { LiveApplication } from '../app/index.js'
import { ServiceRuntime, type ServiceHandle, type TaskSnapshot } from '../service/index.js'
import { formatDuration, type Clock } from '../time/index.js'
import { describeHandles, openHandles } from './open-handles.js'

/** Of a service that stops, or does not, so many are named in one line. */
const MOST_NAMED = 10

/**
 * What a program is doing now, for people: the graph with states; of each service its run, restarts, status,
 * activities, tasks and the hook it waits for; the process and what it holds open.
 */
export function describeProgram(app: LiveApplication): string {
  const { clock } = app.settings
  const { since } = app.toJSON()
  const lines = [
    `── ${app.name}: ${app.state} for ${age(clock.now() - since)}`,
    describeProcess(),
    '',
    app.graph.toText().trimEnd(),
    '',
    'services'
  ]
  for (const service of withChildren(app.services)) lines.push(...describeService(service, clock))
  lines.push('──')
  return lines.join('\n')
}

/** The process alone: all that can be told before there is an application. */
export function describeProcess(): string {
  const { rss, heapUsed } = process.memoryUsage()
  return [
    `process ${process.pid}, Node.js ${process.versions.node}, up for ${age(process.uptime() * 1000)}`,
    `memory  ${megabytes(rss)}, of which ${megabytes(heapUsed)} in the heap`,
    `open    ${describeHandles(openHandles()) || 'nothing'}`
  ].join('\n')
}

/** In one line, what has not come to rest yet: `'Feed (onShutdown for 3s), Reader (stopping)'`. */
export function describeUnrest(app: LiveApplication): string {
  const named: string[] = []
  let more = 0
  for (const service of withChildren(app.services)) {
    if (!(service instanceof ServiceRuntime) || service.isAtRest) continue
    if (named.length === MOST_NAMED) more++
    else named.push(`${service.name} (${pendingStep(service, app.settings.clock) ?? service.state})`)
  }
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function describeService(service: ServiceHandle, clock: Clock): string[] {
  const lines = [`  ${service.name}: ${stateOf(service, clock)}`]
  const add = (text: string): void => void lines.push(`      ${text}`)
  if (service.statusText !== '') add(`status      ${oneLine(service.statusText)}`)
  if (service.activities.size > 0) add(`activities  ${[...service.activities].map(oneLine).join(', ')}`)
  const pending = service instanceof ServiceRuntime ? pendingStep(service, clock) : undefined
  if (pending !== undefined) add(`waits for   ${pending}`)
  for (const task of service.tasks)
    add(`${task.kind.padEnd(10)}  ${oneLine(task.name)}: ${describeTask(task, clock)}`)
  return lines
}

function stateOf(service: ServiceHandle, clock: Clock): string {
  const { state, restartCount } = service
  if (!(service instanceof ServiceRuntime) || state === 'init') return state
  const text = `${state} for ${age(clock.now() - service.snapshot.since)}, run ${service.run}`
  return restartCount === 0 ? text : `${text}, restarted ${times(restartCount)}`
}

function pendingStep(service: ServiceRuntime, clock: Clock): string | undefined {
  const step = service.pendingStep
  return step && `${step.name} for ${age(clock.monotonic() - step.since)}`
}

function describeTask(task: TaskSnapshot, clock: Clock): string {
  const now = clock.now()
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

/** Owners first; without recursion, however deep they own each other. */
function* withChildren(services: readonly ServiceHandle[]): Generator<ServiceHandle> {
  const left = services.toReversed()
  for (let service = left.pop(); service !== undefined; service = left.pop()) {
    yield service
    left.push(...service.children.toReversed())
  }
}

/** As exact as somebody who looks needs it. */
function age(milliseconds: number): string {
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
  return text.replaceAll(/\s+/g, ' ').trim()
}
