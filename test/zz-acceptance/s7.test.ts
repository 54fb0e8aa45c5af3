import { Application, all, bootstrap, createApplication, Cron, DependsOn, inject, Inject, Injectable, isKeelsonError, Lazy, lazy, Module, optional, Service, ServiceBase, ServiceContext, StartError, Supervisor, Task, Tick, Timer, validate, wanted, Activity, StopError, createMethodDecorator, HealthCheck, type Provider } from 'keelson'
import { createTestApplication, TestClock, createTestContext } from 'keelson/testing'
import { Container } from './container.js'
import { expect, test } from 'vitest'
import pino from 'pino'
const fails = async (f: () => unknown): Promise<any> => { try { await f() } catch (e) { return e } throw new Error('did not fail') }
const settle = () => new Promise((r) => setTimeout(r, 5))
test('bootstrap without signals', async () => {
  @Service() class S { @Task() async t(c: ServiceContext) { await c.sleep(5) } } ; const before = process.listenerCount('SIGTERM'); const app = await bootstrap(S, { signals: false, logger: false, dumpSignal: false }); expect(app.state).toBe('running'); expect(process.listenerCount('SIGTERM')).toBe(before); await app.stop(); expect(app.state).toBe('stopped')
  @Service() class B { onStart() { throw new Error('x') } } ; expect((await fails(() => bootstrap(B, { signals: false, logger: false }))).name).toBe('StartError')
  const a2 = await bootstrap(S, { signals: false, logger: false, runUntil: 'tasks-done' }); await a2.waitUntilStopped(); expect(a2.state).toBe('stopped'); await settle(); expect((await fails(() => a2.get(S))).code).toBe('KEEL_DISPOSED')
  const a3 = await bootstrap(S, { signals: false, logger: false, runUntil: 'started' }); await a3.waitUntilStopped(); expect(a3.state).toBe('stopped')
  @Service() class C { @Task() async t(c: ServiceContext) { await c.sleep(5); throw new Error('late') } } ; const a4 = await bootstrap(C, { signals: false, logger: false }); expect((await fails(() => a4.waitUntilStopped())).message).toBe('late')
})
test('logger: user pino as is; options', async () => {
  const lines: any[] = []; const log = pino({ level: 'info' }, { write: (s: string) => void lines.push(JSON.parse(s)) }); @Service({ lifecycleLogLevel: 'debug' }) class Q {} @Service() class S { q = inject(Q); onStart({ log }: ServiceContext) { log.info('hi') } } const app = await createApplication(S, { logger: log }); expect(app.log).toBe(log); await app.start(); await app.stop(); expect(lines.find((l) => l.msg === 'hi')).toMatchObject({ service: 'S' }); expect(lines.some((l) => /starting/i.test(l.msg) && l.service === 'S')).toBe(true); expect(lines.some((l) => /^starting/i.test(l.msg) && l.service === 'Q')).toBe(false); await app[Symbol.asyncDispose]()
})
test('container of the user', async () => {
  const { container, held, Held } = Container(); @Service() class S { constructor(readonly h: InstanceType<typeof Held>) {} } ; Inject(Held)(S, undefined as any, 0); const app = await createApplication(S, { container, logger: false }); expect(app.get(S).h).toBe(held); expect(container.isRegistered(S)).toBe(false); await app[Symbol.asyncDispose](); expect(container.resolve(Held)).toBe(held)
})
test('shutdown budget: startup roll-back errors and drainTimeout', async () => {
  @Service() class A { onStop() { throw new Error('roll') } } @Service() class B { a = inject(A); onStart() { throw new Error('b') } } const e = await fails(() => createTestApplication(B).start()); expect(e).toBeInstanceOf(StartError); expect(e.errors).toHaveLength(1); expect(JSON.stringify([e.errors[0].message, e.errors[0].cause?.message])).toContain('roll')
  @Service() class D { onDrain() { return new Promise<void>(() => {}) } } const app = await createTestApplication(D, { drainTimeout: '3s' }).start(); const t = app.clock.now(); const se = await fails(() => app.stop()); expect(app.clock.now() - t).toBe(3000); expect(se).toBeInstanceOf(StopError); expect(se.errors.some((x: any) => x.code === 'KEEL_STOP_TIMEOUT')).toBe(true); await app[Symbol.asyncDispose]().catch(() => {})
  const l: string[] = []; @Service({ stopTimeout: Infinity }) class E { onStop() { return new Promise<void>(() => {}) } onShutdown() { l.push('E') } } const a2 = await createTestApplication(E).start(); const t2 = a2.clock.now(); await fails(() => a2.stop()); expect(a2.clock.now() - t2).toBeLessThanOrEqual(25_200); expect(l).toEqual(['E']); await a2[Symbol.asyncDispose]().catch(() => {})
})
test('waitForShutdown', async () => {
  const l: string[] = []; @Service({ waitForShutdown: true, stopTimeout: '60s' }) class S { @Task() async t(c: ServiceContext) { await c.stopRequested(); setTimeout(() => { l.push('set'); c.setShutdown() }, 5) } onShutdown() { l.push('shut') } } const app = await createTestApplication(S).start(); await app.stop(); expect(l).toEqual(['set', 'shut']); await app[Symbol.asyncDispose]()
  @Service({ waitForShutdown: true, shutdownTimeout: '2s' }) class W { } const a2 = await createTestApplication(W).start(); const t = a2.clock.now(); const e = await fails(() => a2.stop()); expect(a2.clock.now() - t).toBe(2000); expect(e.errors[0].code).toBe('KEEL_STOP_TIMEOUT'); await a2[Symbol.asyncDispose]().catch(() => {})
})
test('module supervisors nest', async () => {
  const l: string[] = []; @Service() class In { onStart() { l.push('in') } } @Service() class Out { onStart() { l.push('out') } } @Module({ providers: [In], exports: [In], supervisor: { maxRestarts: 0, backoff: false } }) class Inner {} @Module({ imports: [Inner], providers: [Out], supervisor: { strategy: 'one-for-one', backoff: false } }) class Outer {}
  const app = await createTestApplication(Outer).start(); l.length = 0; app.crash(In, new Error('x')); await app.idle(); await app.clock.advance('1s'); expect(l).toEqual(['in']); expect(app.state).toBe('running'); expect(app.events.ofType('supervisor.gave-up')).toHaveLength(1); await app[Symbol.asyncDispose]()
})
test('crash in hooks, timers in drain, crash drains others', async () => {
  const l: string[] = []; @Service() class A { onDrain() { l.push('drain A') } onStop() { l.push('stop A') } } @Service() class B { a = inject(A); onStop(c: ServiceContext) { l.push('stop B ' + c.stopReason?.kind) } onDrain() { l.push('drain B') } onShutdown() { l.push('shutdown B') } } const app = await createTestApplication(B).start(); app.crash(B, 'why'); await app.waitUntilStopped().catch((e) => l.push(e)); expect(l).toContain('drain A'); expect(l).toContain('stop A'); expect(l).toContain('shutdown B'); expect(l.at(-1)).toBe('why'); expect(l).not.toContain('drain B'); console.log(l.join()); await app[Symbol.asyncDispose]().catch(() => {})
})
test('children crash with owner; owner restart', async () => {
  const l: string[] = []; class Kid { onStart() { l.push('+kid') } onShutdown() { l.push('xkid') } } @Service() class O { async onStart(c: ServiceContext) { await c.addChild(Kid) } } const app = await createTestApplication(O, { supervisor: { backoff: false } }).start(); const kid = app.service(O).children[0]!; const st: string[] = []; kid.state$.subscribe((s) => st.push(s.state)); app.crash(O, new Error('o')); await app.idle(); await app.clock.advance('1s'); expect(st).toContain('crashed'); expect(app.service(O).state).toBe('running'); expect(app.service(O).children).toHaveLength(1); expect(l).toEqual(['+kid', 'xkid', '+kid']); await app[Symbol.asyncDispose]()
})
test('stop() of handle idempotent; scope; interval; activity names; restart count in snapshot', async () => {
  @Service() class S { ctx = inject(ServiceContext); n = 0; @Activity('acting') async act() { return [...this.ctx.activities] } @Timer('10s') async t(c: ServiceContext) { this.n++; await c.sleep('1s') } } const app = await createTestApplication(S).start(); expect(await app.get(S).act()).toEqual(['acting']); await app.service(S).stop(); await app.service(S).stop(); await app.service(S).start(); expect(app.service(S).state).toBe('running'); let snap: any; app.service(S).state$.subscribe((s) => (snap = s)); expect(snap.run).toBe(2); await app[Symbol.asyncDispose]()
})
test('bad shapes', async () => {
  for (const p of [{ provide: 'x' }, { useValue: 1 }, { provide: 'x', useValue: 1, useClass: class {} }, null, 5, { provide: 'x', useFactory: 3 }, { provide: 'x', useExisting: 'nope' }] as any[]) { const o: any = {}; const e: any = await (async () => { @Module({ providers: [p] }) class M {} await createApplication(M, { logger: false, ...o }) })().catch((x) => x); expect.soft(isKeelsonError(e), JSON.stringify(p)).toBe(true) }
  for (const r of [undefined, null, 3, 'x', () => 1, {}] as any[]) { const e: any = await createApplication(r, { logger: false }).catch((x) => x); expect.soft(isKeelsonError(e), String(r) + ' ' + e).toBe(true) }
  void [all, Cron, DependsOn, Injectable, Lazy, lazy, optional, ServiceBase, Supervisor, Tick, validate, wanted, createMethodDecorator, HealthCheck, Application, TestClock, createTestContext, settle]; const p: Provider[] = []; void p
})
test('ServiceBase in two applications / Symbol.dispose of factory values not of useValue', async () => {
  const l: string[] = []; @Module({ providers: [{ provide: 'v', useValue: { [Symbol.dispose]() { l.push('v') } } }, { provide: 'f', useFactory: () => ({ async [Symbol.asyncDispose]() { l.push('f') } }) }] }) class M {} const app = await createApplication(M, { logger: false }); await app.start(); await app[Symbol.asyncDispose](); expect(l).toEqual(['f'])
})
test('self-wait by app, sync throw in addTask await', async () => {
  @Service() class S { ctx = inject(ServiceContext) } const app = await createTestApplication(S).start(); const c = app.get(S).ctx; const boom = new Error('x'); const h = c.addTask(async () => { throw boom }); expect(await fails(async () => await h)).toBe(boom); expect(await app.waitUntilStopped().catch((e) => e)).toBe(boom); await app[Symbol.asyncDispose]().catch(() => {})
})
test('missing dep hint names the exporting module', async () => {
  @Service() class Hidden {} @Module({ providers: [Hidden] }) class Has {} @Service({ inject: [Hidden] }) class Wants { constructor(readonly h: Hidden) {} } @Module({ imports: [Has], providers: [Wants] }) class Root {} const v = await validate(Root); console.log(v.problems[0]?.message, (v.problems[0] as any)?.hint); expect(v.problems.map((p) => p.code)).toEqual(['KEEL_NOT_EXPORTED'])
})
