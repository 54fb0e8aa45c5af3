import type {
  ServiceOptions, Dependency, ServiceHandle, Work, WaitResult, TaskOptions, TimerOptions, CronOptions, ServiceGraph, Provider,
  ApplicationOptions, ApplicationState, LifecycleEvent, HealthReport, BootReport, SupervisorOptions, Duration, LogLevel, ModuleOptions,
  OnStart, OnStop, OnFirstStart, OnStarted, OnReady, OnDrain, OnShutdown, OnRestart, TaskHandle, ServiceSnapshot, TaskSnapshot, ServiceState,
  GraphNode, GraphEdge, GraphJSON, ValidationReport, DecoratedMethod, Logger, LoggerOptions, Token, ModuleClass, Class, OptionalDependency,
  AllDependency, LazyDependency, InjectableOptions, HealthCheckOptions, DependencyContainer, DynamicModule, StopReason, BackoffOptions
} from 'keelson'
import {
  Application, ServiceContext, Clock, LOGGER, Tick, Lazy, Scope, inject, lazy, optional, all, wanted, InjectionToken, Service, DependsOn, Task, Timer, Cron,
  Activity, HealthCheck, Module, Inject, Optional, InjectAll, Injectable, createMethodDecorator, ServiceBase, Supervisor, bootstrap, createApplication, validate,
  ConfigurationError, WiringError, LifecycleError, StartError, StopError, MaxRestartsExceededError, ExitError, KeelsonError, isKeelsonError
} from 'keelson'
import * as T from 'keelson/testing'
import { Observable, of } from 'rxjs'
import { expect, test } from 'vitest'

class A {}
abstract class Abs { abstract x(): void }
const T1 = new InjectionToken<number>('n', { factory: () => 1 })
const dynamic = Math.random() > 2 ? 'x' : undefined

export const o: ServiceOptions = {
  name: 'x', inject: [A, Abs, 's', Symbol('s'), T1, () => A, optional(A), all(T1), lazy(() => A)], provide: Abs, startTimeout: '1s', stopTimeout: 0,
  restart: 'permanent', lifecycleLogLevel: 'debug', waitForShutdown: true, shutdownTimeout: Infinity, critical: false
}
export const deps: Dependency[] = [A, optional(A), all(A), lazy(() => A), () => A]
export const od: OptionalDependency = optional(A)
export const ad: AllDependency = all(A)
export const ld: LazyDependency = lazy(() => A)
export const durations: Duration[] = [1, '250ms', '1.5s', '5m', '2h', '1d', Infinity]

export function handle(h: ServiceHandle, c: ServiceContext) {
  for (const x of [h, c]) {
    const n: string = x.name; const s: ServiceState = x.state; const s$: Observable<ServiceSnapshot> = x.state$
    const r: number = x.restartCount; const cr: unknown = x.crashReason; const a: ReadonlySet<string> = x.activities; const st: string = x.statusText
    const t: readonly TaskSnapshot[] = x.tasks; const p: ServiceHandle | undefined = x.parent; const ch: readonly ServiceHandle[] = x.children; const pa: string = x.path
    const p1: Promise<void> = x.start(); const p2: Promise<boolean> = x.maybeStart(); const p3: Promise<void> = x.stop('why'); const p4: Promise<void> = x.restart()
    x.crash(new Error()); const p5: Promise<void> = x.waitUntilStopped({ timeout: '1s' }); const p6: Promise<void> = x[Symbol.asyncDispose]()
    x.stop(); x.waitUntilStopped()
    void [n, s, s$, r, cr, a, st, t, p, ch, pa, p1, p2, p3, p4, p5, p6]
  }
  const sig: AbortSignal = c.signal; const dr: AbortSignal = c.draining
  const sr: { kind: 'signal' | 'stop' | 'crash' | 'restart'; detail?: unknown } | undefined = c.stopReason
  const sr2: StopReason | undefined = c.stopReason
  const ss: boolean = c.shouldStop; const log: Logger = c.log; const clock: Clock = c.clock
  const sl: Promise<boolean> = c.sleep('1s')
  const w: Promise<WaitResult<number>> = c.wait(Promise.resolve(1), { timeout: '1s' })
  const w2: Promise<WaitResult<number>> = c.wait(of(1)); const w3 = c.wait<number>((signal: AbortSignal) => Promise.resolve(signal.aborted ? 1 : 2))
  const wf: Promise<WaitResult<{ index: number; value: number }>> = c.waitFirst([Promise.resolve(1), of(2)], { timeout: 3 })
  const wa: Promise<WaitResult<PromiseSettledResult<number>[]>> = c.waitAll([Promise.resolve(1)], { timeout: 3 })
  const sq: Promise<void> = c.stopRequested()
  const it: AsyncIterable<Tick> = c.interval('1s', { immediate: true, mode: 'delay', jitter: '1ms', name: 'x' })
  const th: TaskHandle<number> = c.addTask(async (ctx: ServiceContext) => ctx.restartCount, { name: 'x', onError: 'log', timeout: 1 })
  const tt: TaskHandle<void> = c.addTimer('1s', () => {}, { name: 'x', immediate: true })
  const tt2: TaskHandle<void> = c.addTimer('1s', async () => {})
  const tc: TaskHandle<void> = c.addCron('* * * * *', async () => {}, { timezone: 'UTC', misfire: 'skip' })
  const hc: Promise<ServiceHandle> = c.addChild(new A(), { name: 'x', providers: [A] }); const hc2: Promise<ServiceHandle> = c.addChild(A)
  const rc: Promise<void> = c.removeChild(A)
  const u: { x: 1 } & Disposable = c.use({ x: 1 as const, [Symbol.dispose]() {} }); const u2 = c.use({ async [Symbol.asyncDispose]() {} })
  c.defer(() => {}); c.defer(async () => {})
  const ac: Promise<number> = c.activity('x', async () => 1); c.setStatus('x'); c.setShutdown()
  const v: Promise<number> = (async () => await th)()
  void [sig, dr, sr, sr2, ss, log, clock, sl, w, w2, w3, wf, wa, sq, it, th, tt, tt2, tc, hc, hc2, rc, u, u2, ac, v]
}
export const works: Work<number>[] = [Promise.resolve(1), of(1), (s: AbortSignal) => Promise.resolve(s.aborted ? 1 : 0)]
export const results: WaitResult<number>[] = [{ status: 'done', value: 1 }, { status: 'stopped' }, { status: 'timeout' }]
export const to: TaskOptions = { name: 'x', onError: 'crash', timeout: '1s' }
export const ti: TimerOptions = { immediate: true, mode: 'rate', overlap: 'skip', onError: 'log', failAfter: 3, enabled: () => true, jitter: 1, timeout: 1, name: 'x' }
export const ti2: TimerOptions = { overlap: 'queue', enabled: false }
export const cro: CronOptions = { timezone: 'Europe/Berlin', misfire: 'once', overlap: 'cancel', onError: 'crash', failAfter: 1, enabled: true, jitter: 1, timeout: 1, name: 'x' }
export function graph(g: ServiceGraph) {
  const n: readonly GraphNode[] = g.nodes; const e: readonly GraphEdge[] = g.edges
  const k: 'inject' | 'depends-on' | 'wanted' | 'lazy' | 'child' = e[0]!.kind; const f: string = e[0]!.from; const t: string = e[0]!.to
  const s: string[] = g.startOrder(); const l: string[][] = g.levels(); const d: string[] = g.dependenciesOf('x'); const d2: string[] = g.dependentsOf('x'); const c: string[] = g.criticalPath()
  const x: string = g.toDot() + g.toMermaid() + g.toText(); const j: GraphJSON = g.toJSON()
  void [n, e, k, f, t, s, l, d, d2, c, x, j]
}
export const providers: Provider[] = [
  A, { provide: A, useClass: A, lifetime: 'scoped', name: 'x' }, { provide: 'v', useValue: 1 }, { provide: T1, useValue: 2, multi: true },
  { provide: T1, useFactory: (a: A, n: number) => n + (a ? 1 : 0), inject: [A, T1], dispose: (v) => void v, startTimeout: '1s', lifetime: 'singleton' },
  { provide: 'x', useFactory: async () => 1, dispose: async () => {} }, { provide: Abs, useExisting: A, multi: true }
]
export const mo: ModuleOptions = { imports: [], providers, exports: [A, T1], global: true, supervisor: { strategy: 'one-for-one', maxRestarts: 5, within: '60s', backoff: { initial: '1s', factor: 2, max: '30s', jitter: 0.2, resetAfter: '60s' } } }
export const sup: SupervisorOptions[] = (['one-for-one', 'one-for-all', 'rest-for-one', 'dependents', 'forfeit-one-for-one', 'forfeit-one-for-all', 'crash'] as const).map((strategy) => ({ strategy, maxRestarts: Infinity, backoff: false as const, replacement: (s: unknown, i: number) => (i > 0 ? new (class extends ServiceBase {})() : (s as ServiceBase)) }))
export const ao: ApplicationOptions = {
  name: 'x', logger: { level: 'info' }, providers, supervisor: sup[0]!, startTimeout: Infinity, shutdownTimeout: '25s', drainDelay: 0, drainTimeout: '10s',
  concurrency: 1, timezone: 'UTC', signals: ['SIGINT'], dumpSignal: false, runUntil: 'tasks-done', blockingTimeout: '1s', clock: new T.TestClock()
}
export const ao2: ApplicationOptions = { logger: false, signals: false, dumpSignal: 'SIGUSR2', runUntil: 'started' }
export async function app(a: Application, C: DependencyContainer) {
  const n: string = a.name; const s: ApplicationState = a.state; const s$: Observable<ApplicationState> = a.state$; const e$: Observable<LifecycleEvent> = a.events$
  const g: ServiceGraph = a.graph; const l: Logger = a.log; const x: A = a.get(A); const y: number = a.get(T1, { from: A as ModuleClass }); const z: A = a.create(A); const ab: Abs = a.get(Abs)
  const h: ServiceHandle = a.service(A); const hs: readonly ServiceHandle[] = a.services
  const p: Promise<void> = a.start(); const q: Promise<void> = a.stop('why'); const r: Promise<void> = a.waitUntilStopped()
  const sc: Scope = a.createScope([{ provide: 'x', useValue: 1 }]); const got: A = sc.get(A); await sc[Symbol.asyncDispose]()
  const m = a.methodsWith(Mark); const m0 = m[0]!; const opts: { path: string } = m0.options; const me: string | symbol = m0.method; const sv = m0.service; const r2 = m0.call()
  const he: HealthReport = a.health(); const he2: HealthReport = await a.checkHealth(); const b: BootReport = a.bootReport()
  const live: boolean = he.live && he.ready && he.started; const hs0 = he.services[0]!; void [hs0.name, hs0.state, hs0.ready, hs0.checks, he2]
  const tm: number = b.totalMs + b.parallelism; const cp: readonly string[] = b.criticalPath; const b0 = b.services[0]!; const ms: number = b0.waitingMs + b0.startingMs; void b0.name
  await a[Symbol.asyncDispose]()
  a.events$.subscribe((event) => {
    switch (event.type) {
      case 'service.started': { const d: number = event.durationMs; const sn: string = event.service; void [d, sn, event.error, event.at]; break }
      case 'service.restarting': case 'service.waiting': case 'service.starting': case 'service.crashed': void event.service; break
      case 'application.started': void event.durationMs; break
      case 'timer.failed': case 'cron.failed': case 'timer.ran': case 'cron.ran': case 'task.failed': case 'task.finished': case 'hook.finished': case 'service.stopped': void event.durationMs; void event.error; break
      case 'supervisor.gave-up': case 'supervisor.restarting': break
    }
  })
  void [n, s, s$, e$, g, l, x, y, z, ab, h, hs, p, q, r, got, opts, me, sv, r2, live, tm, cp, ms, C]
  void bootstrap(A, { container: C }); void createApplication([A, new (class extends ServiceBase {})()]); const v: Promise<ValidationReport> = validate({ module: A }); const v0 = (await v).problems[0]!
  const vv: [string, string, readonly string[], string | undefined] = [v0.code, v0.message, v0.path, v0.location]; void vv
}
const Mark = createMethodDecorator<{ path: string }>('Mark')
@Service()
export class All implements OnFirstStart, OnStart, OnStarted, OnReady, OnDrain, OnStop, OnShutdown, OnRestart {
  onFirstStart(_: ServiceContext) {} async onStart(_: ServiceContext) {} onStarted() {} onReady() {} onDrain() {} onStop() {} async onShutdown() {} onRestart() {}
  on = true; cronText = '* * * * *'; ms = 100
  @Mark({ path: '/x' }) mark(a: number) { return a }
  @Task() t() {} @Task({ name: 'x', onError: 'log', timeout: '1s' }) async t2(_: ServiceContext) {}
  @Timer('1s') ti(_: ServiceContext, tick: Tick) { void [tick.scheduledAt, tick.startedAt, tick.iteration, tick.missed, tick.signal] }
  @Timer((self: All) => self.ms, { enabled: (self: All) => self.on }) ti2() {}
  @Timer((self) => (self as All).ms) ti3() {}
  @Cron('* * * * *') c(_: ServiceContext, _t: Tick) {} @Cron((self: All) => self.cronText, { timezone: 'UTC' }) c2() {}
  @Activity('x') a(b: number) { return b }
  @HealthCheck() h() {} @HealthCheck({ name: 'x', timeout: '1s', critical: false }) async h2() {}
  @Inject(A) p!: A; @Inject(() => A) p2!: A; @Inject(lazy(() => A)) p3!: Lazy<A>
}
@Injectable({ lifetime: 'transient' }) export class Inj { constructor(@Inject(T1) readonly n: number, @Optional() readonly a: A | undefined, @InjectAll(T1) readonly ns: number[], @Inject(() => A) readonly b: A, @Inject(lazy(() => A)) readonly c: Lazy<A>) {} }
@Service({ inject: [A, optional(T1), all(T1), lazy(() => A), () => A] }) export class ByInject { constructor(readonly a: A, readonly b: number | undefined, readonly c: number[], readonly d: Lazy<A>, readonly e: A) {} }
// @ts-expect-error the wrong type
@Service({ inject: [T1] }) export class Wrong { constructor(readonly a: Date) {} }
@Service() @DependsOn(A, () => A, wanted(A), 'x', T1, wanted(() => A)) export class Dep {}
@Module({ imports: [() => M2, { module: A, providers: [A], exports: [A], imports: [], global: true }, Promise.resolve({ module: A })], providers, exports: [A] }) export class M1 {}
@Module({}) export class M2 {}
export const dm: DynamicModule = { module: M2, imports: [M1], providers: [A], exports: [A], global: true }
export const misc: [LogLevel, InjectableOptions, HealthCheckOptions, BackoffOptions, LoggerOptions, Token, Class, DecoratedMethod | undefined] = ['info', { lifetime: 'scoped' }, { timeout: 1 }, { initial: 1 }, {}, Abs, A, undefined]
abstract class X extends ServiceBase {
  m() { void [this.context, this.log, this.signal, this.shouldStop, this.sleep(1), this.wait(of(1)), this.addTask(async () => 1), this.addChild(A), this.name, this.state, this.state$, this.start(), this.maybeStart(), this.stop(), this.restart(), this.crash(1), this.waitUntilStopped(), this[Symbol.asyncDispose]()] }
}
export function inside() {
  const a: A = inject(A); const b: number | undefined = inject(T1, { optional: true }); const c: Lazy<A> = inject(lazy(() => A)); const d: A = c.get()
  const s = new Supervisor([ServiceBase.from(async (signal: AbortSignal) => signal.aborted, { name: 'x' })], { strategy: 'one-for-one', maxRestarts: 1 })
  s.add(ServiceBase.from(async () => {})); s.remove(ServiceBase.from(async () => {})); s.replace(0, ServiceBase.from(async () => {}))
  const base: ServiceBase = s; void [a, b, c, d, base, X]
  const clock: Clock = new T.TestClock(); const nn: number = clock.now() + clock.monotonic(); clock.clearTimeout(clock.setTimeout(() => {}, nn))
}
export async function testing() {
  const app = await T.createTestApplication(M1).override(A).useValue(1).override(A).useClass(A).override('x').useFactory(() => 1).overrideModule(M1).useModule(M2).useMocker((token) => ({ token })).start()
  const base: Application = app; await app.clock.advance('5m'); app.events.ofType('service.started').map((e) => e.durationMs); void app.logs; await app.until(A, 'running'); await app.fire(A, 'x'); app.crash(A, new Error()); await app.idle()
  await T.createTestApplication(T.slice(A)).start(); await T.createTestApplication(T.slice(A)).create(); const c: ServiceContext = T.createTestContext(); T.createTestContext({ shouldStop: true }); const x: A = T.construct(A, [{ provide: 'x', useValue: 1 }]); void [base, c, x]
}
test('every run-time export is there', () => {
  for (const x of [Application, ServiceContext, Clock, LOGGER, Tick, Lazy, Scope, Supervisor, ServiceBase, ConfigurationError, WiringError, LifecycleError, StartError, StopError, MaxRestartsExceededError, ExitError, KeelsonError, isKeelsonError, bootstrap, validate]) expect(x).toBeDefined()
  void dynamic
})
