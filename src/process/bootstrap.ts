import {
  buildApplication,
  Building,
  type Application,
  type ApplicationOptions,
  type LiveApplication
} from '../app/index.js'
import { describeBuilding, describeUnrest, dump, dumpBuilding } from '../dump/index.js'
import {
  describeThrown,
  type ExitError,
  isExit,
  isKeelsonError,
  isStartError,
  StopError
} from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { systemClock, toMilliseconds } from '../time/index.js'
import { isAbortError } from '../waits/index.js'
import type { Root } from '../wiring/index.js'
import { accompany } from './accompany.js'
import { buildControlled, CONTROL_VARIABLE } from './controlled-build.js'
import { dispose, drainDelayFor, GRACE_MS, stop, whenDone } from './ending.js'
import { hearSignals } from './hear-signals.js'
import { currentLaunch, ownBuilder, type Launch } from './launch.js'
import { ownsProcess, readProcessOptions, type ProcessOptions } from './process-options.js'
import { logStartTree, printFailedStart } from './start-tree.js'
import { printError } from './print-error.js'
import { ProcessOwner, type Program } from './process-owner.js'
import { readSystemdOrders, SystemdReporter } from './systemd.js'
import { toldOfAll, type Uncaught } from './uncaught.js'

/**
 * Builds an application, starts it, and owns the process: a signal stops it in order with exit code 0; another one, 200 ms
 * later or more, exits at once, with 128 and its number; a crash or a failed stop ends the process with 1; a failed start is
 * printed once and ends it with 1.
 * With `runUntil` the process exits as well when the application has stopped by itself; after a `stop()` by hand, which
 * waits until what factories made is disposed of, for a second at most, it ends once nothing keeps it alive.
 *
 * @returns the running application. Never settles after a failed or abandoned start, since the process ends; under
 * `signals: false` the process is left alone and it rejects instead
 *
 * @example
 * ```ts
 * await bootstrap(AppModule, { shutdownTimeout: '20s' })
 * ```
 */
export function bootstrap(root: Root, options: ApplicationOptions = {}): Promise<Application> {
  const launch = currentLaunch()
  if (launch.inspect !== undefined) {
    launch.inspect(root, options, ownBuilder)
    return new Promise(() => undefined)
  }
  if (launch.decline !== undefined) {
    launch.decline()
    return new Promise(() => undefined)
  }
  const adapted = launch.adapt?.(options) ?? options
  if (!ownsProcess(adapted)) return runInForeignProcess(root, adapted, launch)
  return new Promise((resolve) => void new OwnProgram(root, adapted, launch).run(resolve))
}

async function runInForeignProcess(
  root: Root,
  options: ApplicationOptions,
  { only }: Launch
): Promise<Application> {
  const own = readProcessOptions(options, false, { control: process.env[CONTROL_VARIABLE] })
  const app = await buildControlled(
    (given) => buildApplication(root, given, { onlyNamed: only }),
    options,
    own.control,
    (built, reason) => void stop(built, reason)
  )
  accompany(app, own)
  hearSignals(app, own)
  try {
    await app.start()
  } catch (error) {
    await dispose(app)
    throw error
  }
  app.life.runsOnce = true
  // One that has crashed disposes itself.
  void app.waitUntilStopped().then(
    () => dispose(app),
    () => undefined
  )
  void whenDone(app, own.runUntil).then((reason) => stop(app, reason))
  return app
}

/** One application and the process that it has to itself. */
class OwnProgram implements Program {
  readonly #root: Root
  readonly #options: ApplicationOptions
  readonly #launch: Launch
  readonly #owner: ProcessOwner
  /** Until there is an application. */
  readonly #building = new Building()
  #systemd: SystemdReporter | undefined
  #app: LiveApplication | undefined
  #companionsEnded: (() => Promise<void>) | undefined
  /** The process is to end with the application. */
  #isToEnd = false
  #isEnding = false

  constructor(root: Root, options: ApplicationOptions, launch: Launch) {
    this.#root = root
    this.#options = options
    this.#launch = launch
    this.#owner = new ProcessOwner(this)
  }

  async run(started: (app: Application) => void): Promise<void> {
    let own: ProcessOptions
    let app: LiveApplication
    try {
      own = readProcessOptions(this.#options, true, { control: process.env[CONTROL_VARIABLE] })
      this.#owner.listen(own)
      const { only: onlyNamed } = this.#launch
      app = this.#app = await buildControlled(
        (given) => buildApplication(this.#root, given, { onlyNamed, building: this.#building }),
        this.#options,
        own.control,
        (_, reason) => this.stop(reason)
      )
      // Given up while constructors ran, or asked to end: nothing has started.
      if (this.#isEnding) return void (await dispose(app))
      if (this.#isToEnd) return await this.#end(0)
      this.#companionsEnded = accompany(app, own)
      const orders = readSystemdOrders(process.env, process.pid)
      if (orders !== undefined) this.#systemd = new SystemdReporter(app, orders)
      await app.start()
    } catch (error) {
      await this.#notStarted(error)
      return
    }
    app.life.runsOnce = true
    void app.waitUntilStopped().then(
      () => this.#stopped(app),
      () => this.#stopped(app)
    )
    app.life.onQuiet(() => {
      // whoever has stopped it by hand has the process back in that moment
      if (!this.#isToEnd && !wentByItself(app)) this.#owner.hearNoMore()
    })
    void whenDone(app, own.runUntil).then((reason) => {
      this.#isToEnd = true
      return stop(app, reason)
    })
    logStartTree(app)
    started(app)
  }

  // ---- what the process tells ---------------------------------------------------------------------------------------

  stop(cause: NodeJS.Signals | StopReason): void {
    this.#isToEnd = true
    const app = this.#app
    const { log } = app ?? this.#building
    if (cause === 'SIGINT' && process.stderr.isTTY) log?.info('stopping; Ctrl-C again exits at once')
    const reason: StopReason = typeof cause === 'string' ? { kind: 'signal', detail: cause } : cause
    if (app === undefined) this.#abandonBuilding(reason)
    else void stop(app, reason, typeof cause === 'string' ? drainDelayFor(app, cause) : 0)
  }

  uncaught(error: unknown, kind: Uncaught): void {
    const app = this.#app
    if (app !== undefined && ((app.isDraining && isAbortError(error)) || app.life.crashWith(error, kind)))
      return
    // There is nothing to crash: the application is being built, or ends already.
    if (!isExit(error)) printError(error)
    const code = isExit(error) ? error.exitCode : 1
    if (app === undefined || app.state === 'created') void this.#end(code, 'stop')
    else if (code !== 0) process.exitCode ||= code
  }

  get isOver(): boolean {
    const state = this.#app?.state
    return state === 'draining' || state === 'stopping' || state === 'stopped' || state === 'crashed'
  }

  describe(): string {
    return this.#app === undefined ? dumpBuilding(this.#building) : dump(this.#app)
  }

  describeUnrest(): string {
    return this.#app === undefined ? describeBuilding(this.#building) : describeUnrest(this.#app)
  }

  describeLoss(): string | undefined {
    const state = this.#app?.state
    // nothing has been started, or nothing is left to stop
    if (state === undefined || state === 'created' || state === 'stopped' || state === 'crashed')
      return undefined
    return `the application was ${state}, and nothing stops in order: ${this.describeUnrest()}`
  }

  // ---- how it ends --------------------------------------------------------------------------------------------------

  /** Modules and factories that are still awaited may take no longer than a stop. */
  #abandonBuilding(reason: StopReason): void {
    const limit = toMilliseconds(this.#options.shutdownTimeout ?? '25s', 'the option shutdownTimeout', {
      allowInfinity: true
    })
    this.#building.abandon(reason, limit)
    // By then it has ended by itself, unless what was made cannot be disposed of.
    systemClock.setTimeout(() => {
      if (this.#app !== undefined || this.#isEnding) return
      process.stderr.write('The application was still being constructed when its shutdownTimeout was over.\n')
      void this.#end(1)
    }, limit + GRACE_MS)
  }

  async #notStarted(error: unknown): Promise<void> {
    if (this.#isEnding) return
    const { print = printError, exitCodes } = this.#launch
    if (isKeelsonError(error, 'KEEL_START_ABORTED')) {
      // Its cause is what failed in what had started, or was under way, unless it is what asked for the end.
      const { exitRequest: exit } = this.#app?.life ?? {}
      const hasFailed = error.cause !== undefined && !isExit(error.cause)
      if (hasFailed) print(error)
      await this.#end(exit?.exitCode || (hasFailed ? 1 : 0), exit === undefined ? 'await' : 'stop')
      return
    }
    if (isStartError(error) && isExit(error.cause)) {
      // To ask for the end is no failure: the log tells of it, once there is one.
      if (this.#app === undefined) this.#tellExit(error.service, error.cause)
      await this.#end(error.cause.exitCode, 'stop')
      return
    }
    print(error)
    if (this.#app !== undefined && isStartError(error)) printFailedStart(this.#app, error)
    await this.#end(exitCodes?.notStarted(error) ?? 1, 'stop')
  }

  /** In one line, as the log would; what has brought it about in full. */
  #tellExit(service: string, exit: ExitError): void {
    const { logger } = this.#options
    if (exit.exitCode === 0 || logger === false || logger?.level === 'silent') return
    process.stderr.write(`${service} asked to exit with code ${exit.exitCode}${because(exit)}\n`)
    if (exit.cause !== undefined) printError(exit.cause)
  }

  async #stopped(app: LiveApplication): Promise<void> {
    const { crashRecord: crash, exitRequest: exit } = app.life
    const failed: unknown = await app.life.lastStop().catch((error: unknown) => error)
    // The log has both; where it is silent, an exit code alone would tell nothing.
    if (app.log.level === 'silent') {
      if (crash !== undefined) printError(crash.reason)
      if (failed !== undefined && !tellsOnlyOf(crash, failed)) printError(failed)
    }
    const crashCode = this.#launch.exitCodes?.crash ?? 1
    const code = crash === undefined ? exit?.exitCode || (failed === undefined ? 0 : 1) : crashCode
    const others = wentByItself(app) ? 'stop' : 'await'
    if (others === 'stop' || this.#isToEnd) await this.#end(code, others)
    else {
      const disposed = await dispose(app)
      await toldOfAll()
      // Asked meanwhile.
      if (this.#isToEnd) await this.#end(code)
      else this.#owner.release(code === 0 && !disposed ? 1 : code)
    }
  }

  /** @param others what becomes of other applications in this process */
  async #end(code: number, others: 'await' | 'stop' = 'await'): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    const app = this.#app
    const disposed = app === undefined || (await dispose(app))
    await Promise.all([this.#systemd?.end(), this.#companionsEnded?.()])
    await this.#owner.exit(code === 0 && !disposed ? 1 : code, app, others)
  }
}

/** Nobody has asked for its end from outside. */
function wentByItself({ life: { crashRecord, exitRequest } }: LiveApplication): boolean {
  return crashRecord !== undefined || exitRequest !== undefined
}

/** What crashes while the application drains fails the stop as well. */
function tellsOnlyOf(crash: LiveApplication['life']['crashRecord'], failed: unknown): boolean {
  return (
    crash !== undefined &&
    failed instanceof StopError &&
    failed.errors.every((error) => error === crash.reason)
  )
}

/** What its message says beside the code. */
function because(exit: ExitError): string {
  const said = describeThrown(exit).replace('KEEL_EXIT: ', '')
  return said === `exit with code ${exit.exitCode}` ? '' : `: ${said}`
}
