import type { LiveApplication } from '../app/index.js'
import { dump, runtimesOf, snapshot } from '../dump/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { ControlError } from './control-error.js'
import type { ControlledProgram } from './controlled-program.js'
import { changeLevel, viewLevels } from './levels.js'
import { readLogs, type Lines } from './log-lines.js'
import { levelsOf, type RequestQuery } from './request-query.js'
import { fireTask, restartService, stopApplication, stopService } from './levers.js'
import type { DumpView, ServicesView } from './protocol.js'
import { viewCrons, viewHealth } from './views.js'

/** How a request is answered: at once, once something has ended, or line by line. */
export type Answer =
  | { readonly value: unknown }
  | { readonly outcome: Promise<unknown> }
  | { readonly lines: Lines }

/** One request that the server knows. */
export interface Request {
  readonly method: 'GET' | 'POST'
  /** The words that its query may have. */
  readonly words: readonly string[]
  /** @throws ControlError when it makes no sense, before anything is done */
  answer(program: ControlledProgram, query: RequestQuery): Answer
}

/** All of them, by path. */
export const REQUESTS: Readonly<Record<string, Request>> = {
  '/v1/services': {
    method: 'GET',
    words: ['service'],
    answer: ({ app }, query) => ({ value: viewServices(app, chosen(app, query)) })
  },
  '/v1/crons': {
    method: 'GET',
    words: ['service'],
    answer: ({ app }, query) => ({
      value: { now: app.settings.clock.now(), crons: viewCrons(chosen(app, query)) }
    })
  },
  '/v1/dump': {
    method: 'GET',
    words: [],
    answer: ({ app }) => ({ value: viewDump(app) })
  },
  '/v1/health': {
    method: 'GET',
    words: ['ask'],
    answer: ({ app }, query) => {
      const report = query.flag('ask') ? app.checkHealth() : Promise.resolve(app.health())
      return { outcome: report.then((known) => viewHealth(app.name, known)) }
    }
  },
  '/v1/logs': {
    method: 'GET',
    words: ['service', 'level', 'since', 'follow'],
    answer: ({ app, logs }, query) => {
      const service = query.text('service')
      if (service !== undefined) serviceNamed(app, service)
      return { lines: readLogs(logs, { ...query.logs(app.log), service }, levelsOf(app.log) ?? {}) }
    }
  },
  '/v1/levels': {
    method: 'GET',
    words: ['service'],
    answer: ({ app }, query) => {
      const name = query.text('service')
      const all = viewLevels(app, [...runtimesOf(app)])
      if (name === undefined || name === '*') return { value: all }
      const { name: known } = serviceNamed(app, name)
      return { value: all.filter((view) => view.service === known) }
    }
  },
  '/v1/level': {
    method: 'POST',
    words: ['service', 'level'],
    answer: ({ app }, query) => {
      const name = query.needed('service')
      const level = query.level(app.log) ?? query.needed('level')
      const service = name === '*' ? name : serviceNamed(app, name)
      return { value: changeLevel(app, service, [...runtimesOf(app)], level) }
    }
  },
  '/v1/stop': {
    method: 'POST',
    words: ['service'],
    answer: (program, query) => {
      const name = query.text('service')
      if (name === undefined) return { outcome: stopApplication(program) }
      return { outcome: stopService(program.app, serviceNamed(program.app, name)) }
    }
  },
  '/v1/restart': {
    method: 'POST',
    words: ['service'],
    answer: ({ app }, query) => ({
      outcome: restartService(app, serviceNamed(app, query.needed('service')))
    })
  },
  '/v1/run': {
    method: 'POST',
    words: ['service', 'task'],
    answer: ({ app }, query) => ({
      outcome: fireTask(app, serviceNamed(app, query.needed('service')), query.needed('task'))
    })
  }
}

function viewServices(app: LiveApplication, wanted: readonly ServiceRuntime[]): ServicesView {
  const { graph: _, services, ...view } = snapshot(app)
  const names = new Set(wanted.map((service) => service.name))
  return { ...view, services: services.filter((service) => names.has(service.name)) }
}

function viewDump(app: LiveApplication): DumpView {
  return { ...snapshot(app), text: dump(app) }
}

/** The one that the query names, with its children; without a name all of them. */
function chosen(app: LiveApplication, query: RequestQuery): ServiceRuntime[] {
  const name = query.text('service')
  if (name === undefined) return [...runtimesOf(app)]
  const chosenOne = serviceNamed(app, name)
  return [...runtimesOf(app)].filter((service) => service === chosenOne || service.isOwnedBy(chosenOne))
}

/** @throws ControlError that names near ones */
function serviceNamed(app: LiveApplication, name: string): ServiceRuntime {
  const services = [...runtimesOf(app)]
  const found = services.find((service) => service.name === name)
  if (found !== undefined) return found
  const names = services.map((service) => service.name)
  throw ControlError.unknown('service', name, names, `keelson ps lists all ${names.length}.`)
}
