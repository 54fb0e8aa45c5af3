import { buildApplication, type Application, type ApplicationOptions, type LiveApplication } from '../app/index.js'
import { ConfigurationError, ExitError, isKeelsonError } from '../errors/index.js'
import { currentCall } from '../service/index.js'
import { toMilliseconds } from '../time/index.js'
import type { Root } from '../wiring/index.js'
import { ProcessOwner } from './process-owner.js'

/** How long Kubernetes may need to take a terminating pod out of its services. */
const KUBERNETES_DRAIN_DELAY_MS = 5000

/**
 * Builds an application, starts it, and owns the process: a signal stops it in order with exit code 0, a crash or
 * a failed stop ends the process with 1, a failed start is printed once and ends it with 1.
 *
 * @returns the running application. Never settles after a failed or abandoned start, since the process ends; under
 * `signals: false` the process is left alone and it rejects instead
 *
 * @example
 * ```ts
 * await bootstrap(AppModule, { shutdownTimeout: '20s' })
 * ```
 */
export async function bootstrap(root: Root, options: ApplicationOptions = {}): Promise<Application> {
  checkRunUntil(options)
  if (options.signals === false) {
    const app = await buildApplication(root, options)
    await app.start().catch(async (error: unknown) => {
      await app[Symbol.asyncDispose]().catch((failed: unknown) => app.log.error({ err: failed }, 'disposal failed'))
      throw error
    })
    void app.waitUntilStopped().then(
      () => disposeQuietly(app),
      () => undefined
    )
    endByItself(app, options)
    return app
  }
  return new Promise((resolve) => void new Program(root, options).run(resolve))
}

/** One program: an application and the process it runs in. */
class Program {
  readonly #root: Root
  readonly #options: ApplicationOptions
  readonly #owner: ProcessOwner
  #app: LiveApplication | undefined
  #ending = false

  constructor(root: Root, options: ApplicationOptions) {
    this.#root = root
    this.#options = options
    this.#owner = new ProcessOwner(options.signals ?? true, {
      signal: (signal) => this.#signalled(signal),
      uncaught: (error) => this.#uncaught(error),
      rejected: (reason) => this.#rejected(reason)
    })
  }

  async run(started: (app: Application) => void): Promise<void> {
    try {
      this.#app = await buildApplication(this.#root, this.#options)
      // A signal that came while constructors ran: nothing has started.
      if (this.#owner.signal !== undefined) {
        await this.#end(0)
        return
      }
      await this.#app.start()
    } catch (error) {
      if (this.#ending) return
      this.#ending = true
      const byRequest = isKeelsonError(error, 'KEEL_START_ABORTED')
      if (!byRequest) this.#owner.print(error)
      await this.#end(byRequest ? 0 : 1)
      return
    }
    const app = this.#app
    void app.waitUntilStopped().then(
      () => this.#stopped(app),
      () => this.#stopped(app)
    )
    endByItself(app, this.#options)
    started(app)
  }

  #signalled(signal: NodeJS.Signals): void {
    const app = this.#app
    if (app === undefined) return
    void app.stopFor({ kind: 'signal', detail: signal }, this.#drainDelay(signal)).catch(() => undefined)
  }

  /** What becomes of the process once the application has stopped. */
  async #stopped(app: LiveApplication): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    let code = app.exitRequest?.exitCode ?? 0
    if (app.crashRecord !== undefined) code = 1
    const failed = await app.lastStop().catch((error: unknown) => error)
    if (failed !== undefined) {
      code = 1
      app.log.error({ err: failed }, 'the application did not stop in order')
    }
    const byHand = app.crashRecord === undefined && app.exitRequest === undefined && this.#owner.signal === undefined
    if (!byHand) {
      await this.#end(code)
      return
    }
    await disposeQuietly(app)
    this.#owner.release(code)
  }

  async #end(code: number): Promise<void> {
    const app = this.#app
    if (app !== undefined) await disposeQuietly(app)
    await this.#owner.exit(code, app)
  }

  #uncaught(error: unknown): void {
    const app = this.#app
    if (app === undefined || !app.crashWith(error)) this.#lost(error)
  }

  #rejected(reason: unknown): void {
    const service = currentCall()?.runtime
    if (service !== undefined && service.state === 'running') service.crash(reason)
    else this.#uncaught(reason)
  }

  /** Nobody is there to answer for it: while it is built, or when it ends already. */
  #lost(error: unknown): void {
    if (error instanceof ExitError) process.exit(error.exitCode)
    this.#owner.print(error)
    if (this.#app === undefined || this.#app.state === 'created') process.exit(1)
    process.exitCode = 1
  }

  #drainDelay(signal: NodeJS.Signals): number {
    const { drainDelay } = this.#options
    if (drainDelay !== undefined) return toMilliseconds(drainDelay, 'the option drainDelay')
    const inKubernetes = process.env['KUBERNETES_SERVICE_HOST'] !== undefined
    return signal === 'SIGTERM' && inKubernetes ? KUBERNETES_DRAIN_DELAY_MS : 0
  }
}

function endByItself(app: LiveApplication, { runUntil = 'stopped' }: ApplicationOptions): void {
  if (runUntil === 'stopped') return
  const done = runUntil === 'started' ? Promise.resolve() : app.whenTasksDone()
  const reason = runUntil === 'started' ? 'it has started' : 'all tasks are done'
  done
    .then(() => app.stopFor({ kind: 'stop', detail: reason }, 0))
    .catch((error: unknown) => app.log.error({ err: error }, 'stop failed'))
}

async function disposeQuietly(app: LiveApplication): Promise<void> {
  try {
    await app[Symbol.asyncDispose]()
  } catch (error) {
    app.log.error({ err: error }, 'disposal failed')
  }
}

const RUN_UNTIL = ['stopped', 'tasks-done', 'started']

function checkRunUntil({ runUntil }: ApplicationOptions): void {
  if (runUntil === undefined || RUN_UNTIL.includes(runUntil)) return
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option runUntil is ${JSON.stringify(runUntil)}`,
    hint: `use one of ${RUN_UNTIL.map((word) => `'${word}'`).join(', ')}.`
  })
}
