import type { LiveApplication } from '../app/index.js'
import { runtimesOf } from '../dump/index.js'
import { thrownToJSON } from '../errors/index.js'
import { outsideCalls, type ServiceRuntime } from '../service/index.js'
import { ControlError } from './control-error.js'
import type { ControlledProgram } from './controlled-program.js'
import type { RunView, StopView } from './protocol.js'

/** Why something stops, in logs and events. */
const STOPPED_BY = 'keelson stop'

/** Stops the whole application; resolves once it has stopped. */
export async function stopApplication(program: ControlledProgram): Promise<StopView> {
  const { app } = program
  mustNotBeOver(app)
  const view = watchChanges(app)
  tell(app, `stop the application`)
  outsideCalls(() => program.stop({ kind: 'stop', detail: STOPPED_BY }))
  await new Promise<void>((resolve) => {
    app.state$.subscribe({
      next: (state) => {
        if (state === 'stopped' || state === 'crashed') resolve()
      },
      complete: resolve
    })
  })
  await app.life.lastStop()
  const crash = app.life.crashRecord
  if (crash !== undefined) throw crash.reason
  return view()
}

/** Stops a service, and first those that need it. */
export async function stopService(app: LiveApplication, service: ServiceRuntime): Promise<StopView> {
  const view = watchChanges(app)
  tell(app, `stop ${service.name}`)
  await outsideCalls(() => service.stop(STOPPED_BY))
  return view()
}

/** Stops and starts a service alone; one that had stopped just starts. */
export async function restartService(app: LiveApplication, service: ServiceRuntime): Promise<StopView> {
  mustNotBeOver(app)
  const view = watchChanges(app)
  tell(app, `restart ${service.name}`)
  await outsideCalls(() => service.restart())
  return view()
}

/** Calls a task, timer or cron, by its name or that of its method; resolves once the call has ended. */
export async function fireTask(
  app: LiveApplication,
  service: ServiceRuntime,
  name: string
): Promise<RunView> {
  const { clock } = app.settings
  const entry = service.work.find(name)
  const full = `${service.name}.${name}`
  if (entry === undefined) {
    const names = service.tasks.map((task) => task.name)
    const all = names.length === 0 ? 'it has none.' : `it has ${names.join(', ')}.`
    throw ControlError.unknown('task, timer or cron', name, names, all, ` in ${service.name}`)
  }
  tell(app, `run ${full}`)
  const begun = clock.monotonic()
  const fired = service.state === 'running' ? outsideCalls(() => service.work.fire(entry)) : undefined
  if (fired === undefined) {
    const why = service.state === 'running' && !app.isDraining ? 'it is disabled' : 'its service does not run'
    throw new ControlError(`${full} cannot be called: ${why}`, {
      hint: why === 'it is disabled' ? undefined : `${service.name} is '${service.state}'.`
    })
  }
  const result = await fired
  return {
    service: service.name,
    task: entry.name,
    status: result.status,
    durationMs: clock.monotonic() - begun,
    ...(result.status === 'failed' ? { error: thrownToJSON(result.error) } : {})
  }
}

/** Whoever reads the log later is to know that nobody's code has done it. */
function tell(app: LiveApplication, what: string): void {
  app.log.info(`asked through the control socket: ${what}`)
}

function mustNotBeOver(app: LiveApplication): void {
  const { state } = app
  if (state !== 'stopped' && state !== 'crashed') return
  throw new ControlError(`${app.name} is '${state}' already`)
}

/** Tells, when asked, which services are not as they were. */
function watchChanges(app: LiveApplication): () => StopView {
  const { clock } = app.settings
  const begun = clock.monotonic()
  const services = [...runtimesOf(app)]
  const before = services.map(({ state, run }) => `${state} ${run}`)
  return () => ({
    application: app.name,
    changed: services
      .filter(({ state, run }, index) => before[index] !== `${state} ${run}`)
      .map(({ name, state }) => ({ service: name, state })),
    durationMs: clock.monotonic() - begun
  })
}
