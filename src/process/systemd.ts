import type { Application, ApplicationState, LiveApplication } from '../app/index.js'
import { systemClock, type Clock, type TimerHandle } from '../time/index.js'
import { SystemdBusy, systemdNotify } from './systemd-notify.js'

/** Changes of the status within this time are told at once. */
const STATUS_MS = 200
/** The last message may hold up the exit for so long. */
const LAST_MS = 1000
/** So many services that are not ready are named. */
const MOST_NAMED = 3

/** What systemd has said, in the environment, to a process that it started. */
export interface SystemdOrders {
  /** How often it wants to be told that all is well, in milliseconds: half of what it waits. */
  readonly watchdogMs: number | undefined
}

/** Reads them; undefined when nobody wants to be notified. */
export function readSystemdOrders(
  env: Readonly<Record<string, string | undefined>>,
  pid: number
): SystemdOrders | undefined {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = env
  if (NOTIFY_SOCKET === undefined || NOTIFY_SOCKET === '') return undefined
  const watched = WATCHDOG_PID === undefined || WATCHDOG_PID === '' || Number(WATCHDOG_PID) === pid
  const limit = Number(WATCHDOG_USEC) / 1000
  return { watchdogMs: watched && limit > 0 && limit < Infinity ? limit / 2 : undefined }
}

/**
 * Tells systemd how an application is: READY once it runs, STATUS, STOPPING, and WATCHDOG as long as the event loop
 * turns and the application has not crashed. One message is under way at a time; what comes meanwhile goes along with
 * the next one.
 */
export class SystemdReporter {
  readonly #app: Application
  readonly #clock: Clock
  readonly #send: (assignments: readonly string[]) => Promise<void>
  readonly #orders: SystemdOrders
  readonly #waiting = new Map<string, string>()
  #status = ''
  #sending: Promise<void> | undefined
  #statusTimer: TimerHandle
  #watchdogTimer: TimerHandle
  #isStopping = false
  /** The application has stopped, and does not start again yet. */
  #isResting = false
  /** Told of once. */
  #isLate = false
  #isOff = false

  constructor(
    app: LiveApplication,
    orders: SystemdOrders,
    send: (assignments: readonly string[]) => Promise<void> = systemdNotify
  ) {
    this.#app = app
    this.#clock = app.settings.clock
    this.#orders = orders
    this.#send = send
    app.state$.subscribe((state) => this.#moved(state))
    app.events$.subscribe(({ type }) => {
      if (type.startsWith('service.')) this.#statusChanged()
    })
  }

  /** Resolves when everything is told, or it takes too long. */
  async end(): Promise<void> {
    this.#rest()
    if (this.#sending === undefined) return
    let timer: TimerHandle
    const limit = new Promise<void>((resolve) => {
      timer = systemClock.setTimeout(resolve, LAST_MS)
    })
    await Promise.race([this.#sending, limit])
    systemClock.clearTimeout(timer)
  }

  #rest(): void {
    this.#isResting = true
    this.#clock.clearTimeout(this.#watchdogTimer)
    this.#clock.clearTimeout(this.#statusTimer)
    this.#statusTimer = undefined
  }

  #moved(state: ApplicationState): void {
    switch (state) {
      case 'created':
        return
      case 'starting':
        this.#isStopping = false
        this.#isResting = false
        this.#tell()
        return
      case 'running':
        this.#tell('READY')
        if (this.#orders.watchdogMs !== undefined) this.#watch(this.#orders.watchdogMs)
        return
      case 'draining':
      case 'stopping':
        // A start that is given up does not drain.
        this.#tell(this.#isStopping ? undefined : 'STOPPING')
        this.#isStopping = true
        return
      case 'stopped':
      case 'crashed':
        this.#rest()
    }
  }

  #watch(period: number): void {
    if (this.#app.health().live) this.#tell('WATCHDOG')
    this.#watchdogTimer = this.#clock.setTimeout(() => this.#watch(period), period)
  }

  #statusChanged(): void {
    this.#statusTimer ??= this.#clock.setTimeout(() => {
      this.#statusTimer = undefined
      this.#tell()
    }, STATUS_MS)
  }

  /** Tells what happened, if anything, and how things are, if that is new. */
  #tell(what?: 'READY' | 'STOPPING' | 'WATCHDOG'): void {
    if (this.#isOff) return
    const status = statusOf(this.#app)
    if (what !== undefined) this.#waiting.set(what, '1')
    if (status !== this.#status) this.#waiting.set('STATUS', (this.#status = status))
    if (this.#waiting.size > 0) this.#sending ??= this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isOff) {
      const sent = [...this.#waiting]
      this.#waiting.clear()
      try {
        await this.#send(sent.map(([name, value]) => `${name}=${value}`))
      } catch (error) {
        if (error instanceof SystemdBusy) this.#sendAgain(sent, error)
        else this.#giveUp(error as Error)
      }
    }
    this.#sending = undefined
  }

  /** Whatever it is will not be better the next time. */
  #giveUp({ message }: Error): void {
    this.#isOff = true
    this.#app.log.warn('systemd is not told how things are: %s', message)
  }

  /** To be silent from now on would have systemd end a program that is well. */
  #sendAgain(sent: readonly (readonly [name: string, value: string])[], { message }: SystemdBusy): void {
    if (!this.#isLate) this.#app.log.warn('systemd is told late how things are: %s', message)
    this.#isLate = true
    if (this.#isResting) return
    for (const [name, value] of sent) {
      // that all is well is said anew when it is time to, and of the status what came meanwhile
      if (name !== 'WATCHDOG' && !this.#waiting.has(name)) this.#waiting.set(name, value)
    }
  }
}

/** How an application is, in one line for `systemctl status`. */
export function statusOf(app: Application): string {
  const report = app.health().services
  // children come and go, and each message is a child process
  const services = report.filter(({ parent }) => parent === undefined)
  const running = services.filter(({ state }) => state === 'running').length
  switch (app.state) {
    case 'created':
    case 'starting':
      return `starting: ${running} of ${services.length} services run`
    case 'running': {
      const down = report.filter(
        ({ ready, critical, parent }) => !ready && (critical || parent === undefined)
      )
      if (down.length === 0) return `running: ${services.length} services`
      const named = down.slice(0, MOST_NAMED).map(({ name, state }) => `${name} (${state})`)
      const more = down.length > named.length ? ` and ${down.length - named.length} more` : ''
      return `not ready: ${named.join(', ')}${more}`
    }
    case 'draining':
    case 'stopping':
      return `stopping: ${running} of ${services.length} services still run`
    case 'stopped':
    case 'crashed':
      return app.state
  }
}
