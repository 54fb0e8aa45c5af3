import type { LifecycleEvent } from '../events/index.js'
import { createServiceGraph, type ServiceGraph } from '../graph/index.js'
import type { Logger } from '../logging/index.js'
import type { LogLevel } from '../metadata/index.js'
import type { ServiceHandle, ServiceRuntime } from '../service/index.js'
import type { Observable } from '../streams/index.js'
import type { Class, Provider, Token } from '../tokens/index.js'
import type { GetOptions, Scope } from '../wiring/index.js'
import type { ApplicationHost } from './application-host.js'
import { ApplicationLife } from './application-life.js'
import type { ApplicationSettings } from './application-options.js'
import type { ApplicationParts } from './application-parts.js'
import { Application, type ApplicationState } from './application.js'
import { BootTimes, type BootReport } from './boot-report.js'
import { decoratedMethods, type DecoratedMethod, type MethodDecoratorFactory } from './decorated-methods.js'
import { type ServiceIndex, serviceAt, serviceNamed } from './find-service.js'
import { childrenOf } from './graph-of.js'
import { HealthChecks, type HealthReport } from './health.js'

/** The application as its users have it in hand: what can be had from it, and what it looks like; {@link ApplicationLife} moves it. */
export class LiveApplication extends Application {
  readonly name: string
  readonly settings: ApplicationSettings
  readonly life: ApplicationLife
  readonly host: ApplicationHost
  readonly #health: HealthChecks
  #graph: ServiceGraph | undefined

  constructor(name: string, settings: ApplicationSettings, log: Logger) {
    super()
    this.name = name
    this.settings = settings
    this.life = new ApplicationLife(name, settings, log)
    this.host = this.life.host
    this.#health = new HealthChecks(settings.clock)
  }

  /** Gives it what it is made of. The application itself can be injected, so it is there before. */
  complete(parts: ApplicationParts): void {
    this.life.begin(parts)
  }

  get #made(): ApplicationParts {
    return this.life.made
  }

  get log(): Logger {
    return this.host.log
  }

  get state(): ApplicationState {
    return this.life.state
  }

  get state$(): Observable<ApplicationState> {
    return this.life.state$
  }

  get events$(): Observable<LifecycleEvent> {
    return this.life.events$
  }

  get services(): readonly ServiceRuntime[] {
    return this.#made.nodes.runtimes
  }

  get graph(): ServiceGraph {
    return (this.#graph ??= this.#draw())
  }

  #draw(): ServiceGraph {
    const { graph, nodes } = this.#made
    let byName: Map<string, ServiceRuntime> | undefined
    return createServiceGraph({
      name: this.name,
      ...graph(),
      weights: () => this.life.boot?.weights(),
      children: () => childrenOf(nodes.runtimes),
      state: (name) => {
        byName ??= new Map(nodes.runtimes.map((runtime) => [runtime.name, runtime]))
        return byName.get(name)?.state
      }
    })
  }

  get isDraining(): boolean {
    return this.life.isDraining
  }

  get<T>(token: Token<T>, options?: GetOptions): T {
    this.life.mustLive('get()')
    return this.#made.assembly.get(token, options)
  }

  create<T>(class_: Class<T>): T {
    this.life.mustLive('create()')
    return this.#made.assembly.create(class_)
  }

  createScope(providers?: readonly Provider[]): Scope {
    this.life.mustLive('createScope()')
    return this.#made.assembly.createScope(providers)
  }

  service(token: Token): ServiceHandle {
    return serviceAt(token, this.#index, this.name)
  }

  logLevel(service?: Token): LogLevel {
    return this.host.logLevel(
      service === undefined || service === '*' ? undefined : this.#named(service).name
    )
  }

  setLogLevel(service: Token, level: LogLevel | undefined): void {
    // Nothing is above all of them that '*' could go back to: undefined is refused there.
    if (service !== '*') this.host.setLogLevel(this.#named(service), level)
    else this.host.setEveryLogLevel(level as LogLevel, [...this.life.own, ...this.life.every])
  }

  #named(service: Token): ServiceRuntime {
    return serviceNamed(service, this.#index, this.name)
  }

  get #index(): ServiceIndex {
    const { life } = this
    const { assembly, nodes } = this.#made
    return {
      assembly,
      nodes,
      get every() {
        return life.every
      }
    }
  }

  methodsWith<Options>(decorator: MethodDecoratorFactory<Options>): DecoratedMethod<Options>[] {
    return decoratedMethods(this.life.every, decorator)
  }

  health(): HealthReport {
    const services = this.life.every.map((runtime) => this.#health.of(runtime))
    const ready = this.state === 'running' && services.every((service) => service.ready || !service.critical)
    return { live: this.life.crashRecord === undefined, ready, started: this.life.hasStarted, services }
  }

  async checkHealth(): Promise<HealthReport> {
    await this.#health.ask(this.life.every)
    return this.health()
  }

  bootReport(): BootReport {
    const boot = this.life.boot ?? new BootTimes(this.#made.nodes)
    return boot.report(this.graph.criticalPath(), this.settings.clock.monotonic())
  }

  start(): Promise<void> {
    return this.life.start()
  }

  stop(reason?: string): Promise<void> {
    return this.life.stopFor({ kind: 'stop', detail: reason })
  }

  waitUntilStopped(): Promise<void> {
    return this.life.waitUntilStopped()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.life.dispose()
  }

  /** One line for `console.log`. */
  override toString(): string {
    return `<${this.name}: ${this.state}>`
  }

  /** The application at this moment. */
  toJSON(): { readonly name: string; readonly state: ApplicationState; readonly since: number } {
    return { name: this.name, state: this.state, since: this.life.since }
  }
}
