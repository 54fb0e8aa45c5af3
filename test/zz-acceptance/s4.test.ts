import { Application, createApplication, DependsOn, inject, isKeelsonError, Module, Service, ServiceBase, ServiceContext, StartError, StopError, Task, Timer, wanted, type LifecycleEvent, Tick, Activity } from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { describe, expect, test } from 'vitest'
import { Subject, of } from 'rxjs'

const fails = async (f: () => unknown): Promise<any> => { try { await f() } catch (e) { return e } throw new Error('did not fail') }
const hold = () => { let open!: (v?: any) => void; const p = new Promise<any>((r) => (open = r)); return { p, open } }
const turn = () => new Promise((r) => setImmediate(r))

describe('hooks', () => {
  test('order of hooks, restart', async () => {
    const l: string[] = []
    @Service() class Kid { onStart() { l.push('kid start') } onStop() { l.push('kid stop') } onShutdown() { l.push('kid shutdown') } }
    @Service({ waitForShutdown: true }) class S {
      onFirstStart() { l.push('first') }
      async onStart(c: ServiceContext) { l.push('start ' + c.state); await c.addChild(Kid); c.defer(() => { l.push('r1') }); c.defer(async () => { l.push('r2') }) ; c.use({ [Symbol.dispose]() { l.push('r3') } }) }
      @Task() async t(c: ServiceContext) { l.push('task'); await c.stopRequested(); l.push('task end') }
      onStarted(c: ServiceContext) { l.push('started ' + c.state) }
      onReady(c: ServiceContext) { l.push('ready ' + c.state) }
      onDrain(c: ServiceContext) { l.push('drain ' + c.state + c.draining.aborted) }
      onStop(c: ServiceContext) { l.push('stop ' + c.state + c.signal.aborted); c.setShutdown() }
      onShutdown(c: ServiceContext) { l.push('shutdown ' + c.state) }
      onRestart(c: ServiceContext) { l.push('restart ' + c.state) }
    }
    const app = await createTestApplication(S).start(); await app.idle()
    expect(l.splice(0)).toEqual(['first', 'start starting', 'task', 'kid start', 'started starting', 'ready running'])
    await app.service(S).restart(); await app.idle()
    const r = l.splice(0); expect(r.filter((x) => !x.startsWith('task end'))).toEqual(['stop stoppingtrue', 'kid stop', 'kid shutdown', 'r3', 'r2', 'r1', 'shutdown stopping', 'restart starting', 'start starting', 'task', 'kid start', 'started starting'])
    await app.stop(); expect(l[0]).toBe('drain runningtrue'); expect(l.at(-1)).toBe('shutdown stopping'); expect(l).not.toContain('restart')
    await app.start(); expect(l).not.toContain('first'); await app[Symbol.asyncDispose]()
  })
  test('states and snapshots', async () => {
    @Service() class D { } @Service() class S { d = inject(D) }
    const app = await createTestApplication(S).create(); const seen: any[] = []; let done = false
    expect(app.state).toBe('created'); expect(app.service(S).state).toBe('init'); expect((await fails(() => app.service(S).crash(new Error()))).code).toBe('KEEL_ILLEGAL_TRANSITION')
    app.service(S).state$.subscribe({ next: (s) => { seen.push(s); expect(app.service(S).state).toBe(s.state) }, complete: () => { done = true } })
    app.service(S).state$.subscribe(() => { throw new Error('bad subscriber') })
    await app.start(); await app.stop()
    expect(seen.map((s) => s.state)).toEqual(['init', 'waiting', 'starting', 'running', 'stopping', 'stopped'])
    expect(seen[3]).toMatchObject({ service: 'S', state: 'running', run: 1, since: expect.any(Number), restartCount: 0 }); expect('crashReason' in seen[3]).toBe(false)
    let late: any; app.service(S).state$.subscribe((s) => (late = s)); expect(late.state).toBe('stopped')
    await app[Symbol.asyncDispose](); expect(done).toBe(true); expect(app.logs.some((x) => JSON.stringify(x).includes('bad subscriber'))).toBe(true)
  })
  test('sync throw equals rejection; StartError', async () => {
    const l: string[] = []
    @Service() class Db { onStop() { l.push('db stop') } onShutdown() { l.push('db shutdown') } }
    const boom = new Error('boom')
    @Service() class Bad { db = inject(Db); onStart() { throw boom } onStop() { l.push('bad stop') } onShutdown() { l.push('bad shutdown') } }
    @Service() class Top { b = inject(Bad); onStart() { l.push('top') } }
    const app = await createTestApplication(Top).create(); const ev: LifecycleEvent[] = []; app.events$.subscribe((e) => ev.push(e))
    const e = await fails(() => app.start())
    expect(e).toBeInstanceOf(StartError); expect(e).toMatchObject({ service: 'Bad', path: ['Top', 'Bad'], phase: 'onStart', cause: boom, errors: [] }); expect(isKeelsonError(e)).toBe(true); expect(typeof e.code).toBe('string'); expect(typeof e.hint).toBe('string'); expect(e.toJSON().code).toBe(e.code)
    expect(e.message).toMatch(/s4\.test\.ts:\d+/); expect(e.message).toContain('boom')
    expect(l).toEqual(['bad shutdown', 'db stop', 'db shutdown']); expect(app.state).toBe('stopped')
    const e2 = await fails(() => app.start()); expect(e2.cause).toBe(boom)
    await app[Symbol.asyncDispose]()
  })
  test('constructor phase', async () => {
    @Service() class Db {} @Service() class Bad { constructor(readonly d: Db) { throw new Error('ctor') } } @Service() class Top { constructor(readonly b: Bad) {} }
    const e = await fails(() => createTestApplication(Top).start()); expect(e).toBeInstanceOf(StartError); expect(e).toMatchObject({ service: 'Bad', path: ['Top', 'Bad'], phase: 'constructor' }); expect(e.cause.message).toBe('ctor')
    @Module({ providers: [{ provide: 'f', useFactory: async () => { throw new Error('fac') } }, Need] }) class M {}
    const e2 = await fails(() => createTestApplication(M).start()); expect(e2).toMatchObject({ phase: 'factory' }); expect(e2.cause.message).toBe('fac')
    @Module({ providers: [{ provide: 'f', useFactory: () => new Promise(() => {}), startTimeout: '2s' }] }) class M2 {}
    const e3 = await fails(() => createTestApplication(M2).start()); expect(e3.phase).toBe('factory'); expect(e3.cause.code).toBe('KEEL_START_TIMEOUT')
  })
  test('start timeout', async () => {
    const l: string[] = []; const h = hold()
    @Service({ startTimeout: '5s' }) class Slow { async onStart(c: ServiceContext) { c.signal.addEventListener('abort', () => l.push('aborted')); await h.p; l.push('late') } }
    const app = await createTestApplication(Slow).create(); const p = fails(() => app.start()); const e = await p
    expect(e.cause.code).toBe('KEEL_START_TIMEOUT'); expect(e.phase).toBe('onStart'); expect(l).toEqual(['aborted']); expect(app.state).toBe('stopped'); h.open(); await turn(); expect(app.service(Slow).state).not.toBe('running')
    await app[Symbol.asyncDispose]()
    @Service() class Slow2 { onStart() { return new Promise<void>(() => {}) } }
    const a2 = await createTestApplication(Slow2).create(); const t0 = a2.clock.now(); const e2 = await fails(() => a2.start()); expect(e2.cause.code).toBe('KEEL_START_TIMEOUT'); expect(a2.clock.now() - t0).toBeGreaterThanOrEqual(30_000); await a2[Symbol.asyncDispose]().catch(() => {})
    const a3 = await createTestApplication(Slow2, { startTimeout: '1s' }).create(); const e3 = await fails(() => a3.start()); expect(e3.cause.code).toBe('KEEL_START_TIMEOUT'); await a3[Symbol.asyncDispose]().catch(() => {})
  })
  test('onReady failing fails the start; onStarted too', async () => {
    @Service() class S { onReady() { throw new Error('r') } } ; expect(await fails(() => createTestApplication(S).start())).toMatchObject({ phase: 'onReady', service: 'S' })
    @Service() class S2 { onStarted() { throw new Error('r') } } ; expect(await fails(() => createTestApplication(S2).start())).toMatchObject({ phase: 'onStarted' })
  })
  test('onFirstStart until resolved once', async () => {
    let n = 0; @Service() class S { onFirstStart() { if (++n < 3) throw new Error('x') } }
    const app = await createTestApplication(S).create(); expect((await fails(() => app.start())).phase).toBe('onFirstStart'); await fails(() => app.start()); await app.start(); await app.stop(); await app.start(); expect(n).toBe(3); await app[Symbol.asyncDispose]()
  })
  test('start parallel by own dependency', async () => {
    @Service() class A { async onStart(c: ServiceContext) { await c.sleep('3s') } } @Service() class B { async onStart(c: ServiceContext) { await c.sleep('5s') } } @Service() class C { a = inject(A); async onStart(c: ServiceContext) { await c.sleep('2s') } }
    const app = await createTestApplication([B, C]).create(); const t = app.clock.now(); await app.start(); expect(app.clock.now() - t).toBe(5000); await app[Symbol.asyncDispose]()
  })
  test('start/stop idempotency', async () => {
    let stops = 0; @Service() class S { onStop() { stops++ } }
    const clock = new TestClock(); const app = await createApplication(S, { logger: false, clock })
    await app.stop(); expect(app.state).toBe('created')
    const p = app.start(); expect(app.start()).toBe(p); await p; expect((await fails(() => app.start())).code).toBe('KEEL_ALREADY_STARTED')
    const s = app.stop(); expect(app.stop()).toBe(s); await s; await app.stop(); expect(stops).toBe(1)
    await app.start(); await app.stop(); expect(stops).toBe(2); await app[Symbol.asyncDispose]()
  })
  test('stop during start', async () => {
    @Service() class S { async onStart(c: ServiceContext) { await c.sleep('1h') } }
    const app = await createApplication(S, { logger: false }); const p = fails(() => app.start()); await turn(); await app.stop(); expect((await p).code).toBe('KEEL_START_ABORTED'); expect(app.state).toBe('stopped'); await app[Symbol.asyncDispose]()
  })
  test('stop from within', async () => {
    @Service() class S { app = inject(Application); ok = false; @Timer('1s') async t() { await this.app.stop(); this.ok = true } }
    const app = await createTestApplication(S).start(); await app.clock.advance('1s'); await app.waitUntilStopped(); expect(app.get(S).ok).toBe(true); expect(app.state).toBe('stopped'); await app[Symbol.asyncDispose]()
    @Service() class H { app = inject(Application); async onStarted() { await this.app.stop() } }
    const a2 = await createTestApplication(H).create(); expect((await fails(() => a2.start())).code).toBe('KEEL_START_ABORTED'); await a2[Symbol.asyncDispose]()
  })
  test('StopError', async () => {
    const l: string[] = []
    @Service() class A { onStop() { throw new Error('a') } onShutdown() { l.push('a'); throw new Error('a2') } } @Service({ stopTimeout: '2s' }) class B { a = inject(A); onStop() { return new Promise<void>(() => {}) } onShutdown() { l.push('b') } }
    const app = await createTestApplication(B).start(); const e = await fails(() => app.stop())
    expect(e).toBeInstanceOf(StopError); expect(e).toBeInstanceOf(AggregateError); expect(l).toEqual(['b', 'a']); expect(app.state).toBe('stopped')
    expect(e.errors).toHaveLength(3); const codes = e.errors.map((x: any) => x.code ?? x.cause?.code); expect(codes).toContain('KEEL_STOP_TIMEOUT'); expect(e.message).toContain('A'); expect(e.message).toContain('B'); expect(isKeelsonError(e)).toBe(true)
    expect(JSON.stringify(e.errors.map((x: any) => String(x.message ?? x)))).toContain('a2')
    await app[Symbol.asyncDispose]().catch(() => {})
  })
  test('wanted fails later without climbing', async () => {
    @Service() class Opt { } @Service() @DependsOn(wanted(Opt)) class S {}
    const app = await createTestApplication(S).start(); app.crash(Opt, new Error('x')); await app.idle(); expect(app.state).toBe('running'); expect(app.service(Opt).state).toBe('crashed'); await app[Symbol.asyncDispose]()
  })
  test('crash', async () => {
    const boom = { weird: 1 }; @Service() class S { ctx = inject(ServiceContext); @Task() async t(c: ServiceContext) { await c.sleep('1s'); throw boom } }
    const app = await createTestApplication(S).start(); await app.clock.advance('2s'); const got = await app.waitUntilStopped().then(() => 'no', (e) => e); expect(got).toBe(boom); expect(await app.waitUntilStopped().then(() => 'no', (e) => e)).toBe(boom); expect(app.state).toBe('crashed'); expect(app.service(S).crashReason).toBe(boom); expect(app.health().live).toBe(false)
    const e = await fails(() => app.start()); expect(isKeelsonError(e)).toBe(true); expect((await fails(() => app.get(S))).code).toBe('KEEL_DISPOSED')
    expect(app.events.ofType('application.crashed')[0]!.error).toBe(boom); await app[Symbol.asyncDispose]().catch(() => {})
  })
})
@Service({ inject: ['f'] }) class Need { constructor(readonly f: unknown) {} }

describe('context', () => {
  test('abort reason', async () => {
    let c!: ServiceContext; let sig!: AbortSignal; @Service() class S { onStart(x: ServiceContext) { c = x; sig = x.signal } @Task() async t({ signal }: ServiceContext) { await new Promise((_, r) => signal.addEventListener('abort', () => r(signal.reason))) } }
    const app = await createTestApplication(S).start(); expect(c.shouldStop).toBe(false); expect(c.stopReason).toBeUndefined(); await app.stop('bye'); expect(sig.reason).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: { kind: 'stop', detail: 'bye' } }); expect(sig.reason).toBeInstanceOf(Error); expect(c.stopReason).toEqual({ kind: 'stop', detail: 'bye' }); expect(c.shouldStop).toBe(true); await app[Symbol.asyncDispose]()
  })
  test('waits', async () => {
    const out: any[] = []; @Service() class S { @Task() async t({ sleep, wait, waitFirst, waitAll }: ServiceContext) {
      out.push(await sleep('1s'), await wait(Promise.resolve(3)), await wait(of(4)), await wait(async (s) => s.aborted), await wait(new Subject(), { timeout: '1s' }), await waitFirst([new Promise<number>(() => {}), of(2)]), await waitAll([Promise.resolve(1), Promise.reject(new Error('x'))]))
      out.push(await waitAll([new Promise(() => {})], { timeout: 10 }), await waitFirst([new Promise(() => {})], { timeout: 10 })); try { await wait(Promise.reject(new Error('rej'))) } catch (e) { out.push((e as Error).message) }
      out.push(await wait(new Promise(() => {})), await sleep(5), await waitFirst([new Promise(() => {})]), await waitAll([new Promise(() => {})])) } }
    const app = await createTestApplication(S).start(); await app.clock.advance('5s'); await app.stop()
    expect(out).toEqual([true, { status: 'done', value: 3 }, { status: 'done', value: 4 }, { status: 'done', value: false }, { status: 'timeout' }, { status: 'done', value: { index: 1, value: 2 } }, { status: 'done', value: [{ status: 'fulfilled', value: 1 }, { status: 'rejected', reason: expect.any(Error) }] }, { status: 'timeout' }, { status: 'timeout' }, 'rej', { status: 'stopped' }, false, { status: 'stopped' }, { status: 'stopped' }]); await app[Symbol.asyncDispose]()
  })
  test('added work', async () => {
    let c!: ServiceContext; @Service() class S { onStart(x: ServiceContext) { c = x } ctx = inject(ServiceContext) }
    const app = await createTestApplication(S).start(); c = app.get(S).ctx
    const h = c.addTask(async (x) => { await x.sleep(10); return 5 }, { name: 'extra' }); expect(h.name).toBe('extra'); expect(c.tasks.map((t) => [t.name, t.kind, t.state])).toEqual([['extra', 'added', 'running']]); await app.clock.advance(10); expect(await h).toBe(5); expect(c.tasks).toEqual([])
    let n = 0; const t = c.addTimer('1s', () => { n++ }, { name: 'tm' }); await app.clock.advance('3s'); expect(n).toBe(3); expect(c.tasks[0]).toMatchObject({ name: 'tm', runs: 3, missed: 0, errors: 0 }); expect(['timer', 'added']).toContain(c.tasks[0]!.kind); await t.cancel(); await app.clock.advance('3s'); expect(n).toBe(3)
    let k = 0; c.addCron('* * * * * *', async () => { k++ }); await app.clock.advance('3s'); expect(k).toBe(3)
    c.addTask(async () => { throw new Error('logged') }, { onError: 'log' }); await app.idle(); expect(app.state).toBe('running'); expect(app.logs.some((x) => JSON.stringify(x).includes('logged'))).toBe(true)
    const seen: number[] = []; c.addTask(async (x) => { for await (const tick of x.interval('1s')) { expect(tick).toBeInstanceOf(Tick); seen.push(tick.iteration) } }); await app.clock.advance('3s'); expect(seen).toHaveLength(3)
    let stat = ''; const p = c.activity('importing', async () => { stat = [...c.activities].join(); return 9 }); expect(await p).toBe(9); expect(stat).toBe('importing'); expect(c.activities.size).toBe(0)
    c.setStatus('hello'); expect(app.service(S).statusText).toBe('hello'); await app.stop(); expect(app.service(S).statusText).toBe(''); await app[Symbol.asyncDispose]()
  })
  test('task snapshot fields', async () => {
    @Service() class S { @Task() async t(c: ServiceContext) { await c.sleep(10) } @Timer('1s') tm() {} } const app = await createTestApplication(S).start(); expect(app.service(S).tasks).toMatchObject([{ name: 't', kind: 'task', state: 'running', runs: 1, startedAt: expect.any(Number) }, { name: 'tm', kind: 'timer', state: 'waiting', runs: 0, missed: 0, errors: 0 }]); await app.clock.advance(10); expect(app.service(S).tasks[0]!.state).toBe('done'); await app[Symbol.asyncDispose]()
  })
  test('handles: dependants', async () => {
    const l: string[] = []; @Service() class A { onStart() { l.push('+A') } onStop() { l.push('-A') } } @Service() class B { a = inject(A); onStart() { l.push('+B') } onStop() { l.push('-B') } }
    const app = await createTestApplication(B).start(); l.length = 0; await app.service(A).stop(); expect(l).toEqual(['-B', '-A']); l.length = 0; await app.service(B).start(); expect(l).toEqual(['+A', '+B']); l.length = 0; await app.service(A).restart(); expect(l).toEqual(['-A', '+A']); expect(app.service(B).state).toBe('running')
    expect(await app.service(A).maybeStart()).toBe(false); expect((await fails(() => app.service(A).start())).code).toBe('KEEL_ALREADY_STARTED'); expect(app.service(A).restartCount).toBe(1); await app.service(B).stop(); expect(await app.service(B).maybeStart()).toBe(true); await app[Symbol.asyncDispose]()
  })
  test('waitUntilStopped', async () => {
    const errs: any[] = []; @Service() class S { @Task() async t(c: ServiceContext) { errs.push(await c.waitUntilStopped().catch((e) => e.code)) } }
    const app = await createTestApplication(S).start(); await app.idle(); expect(errs).toEqual(['KEEL_SELF_WAIT']); const p = fails(() => app.service(S).waitUntilStopped({ timeout: '1s' })); await app.clock.advance('1s'); expect((await p).code).toBe('KEEL_WAIT_TIMEOUT'); const q = app.service(S).waitUntilStopped(); await app.stop(); await q; await app[Symbol.asyncDispose]()
  })
  test('children', async () => {
    const l: string[] = []; @Service() class Dep {} class Kid { d = inject(Dep); v = inject('opt', { optional: true }); onStart() { l.push('+') } onStop() { l.push('-') } }
    let o!: ServiceContext; @Service() class Owner { d = inject(Dep); async onStart(c: ServiceContext) { o = c; const h = await c.addChild(Kid); l.push('reg ' + h.state) } }
    const app = await createTestApplication(Owner).start(); expect(l).toEqual(['reg init', '+'])
    const h = app.service(Owner); expect(h.children.map((c) => [c.name, c.path, c.parent === h, c.state])).toEqual([['Owner/Kid', 'Owner/Owner/Kid', true, 'running']])
    const k2 = await o.addChild(Kid, { providers: [{ provide: 'opt', useValue: 1 }] }); expect(k2.name).toBe('Owner/Kid#2'); expect(k2.state).toBe('running'); const k3 = await o.addChild(new Kid0(), { name: 'Named' }); expect(k3.name).toBe('Owner/Named')
    expect(app.graph.edges.filter((e) => e.kind === 'child').map((e) => e.to)).toEqual(['Owner/Kid', 'Owner/Kid#2', 'Owner/Named']); expect(app.graph.edges.find((e) => e.kind === 'child')!.from).toBe('Owner')
    await o.removeChild(k3); expect(h.children).toHaveLength(2); expect(app.graph.startOrder()).toEqual(['Dep', 'Owner'])
    await h.restart(); expect(h.children.map((c) => c.name)).toEqual(['Owner/Kid']); const boom = new Error('kid'); h.children[0]!.crash(boom); expect(await app.waitUntilStopped().catch((e) => e)).toBe(boom); expect(app.service(Owner).crashReason).toBe(boom); await app[Symbol.asyncDispose]().catch(() => {})
  })
  test('ServiceBase', async () => {
    const l: string[] = []; class My extends ServiceBase { async onStart() { l.push('start'); await this.sleep(1); void this.log; void this.context } @Task() async t() { while (await this.sleep(1)); l.push('end') } onStop() { l.push('stop ' + this.shouldStop + this.signal.aborted) } @Activity('x') q() {} }
    const s = new My(); expect(s.state).toBe('init'); expect(s.name).toBe('My'); await s.start(); expect(s.state).toBe('running'); await s.stop(); expect(l).toContain('end'); expect(s.state).toBe('stopped'); expect(await s.maybeStart()).toBe(true); await s.restart(); await s[Symbol.asyncDispose](); expect(s.state).toBe('stopped')
    { await using z = new My(); await z.start() }
    class Bad extends ServiceBase { onStart() { throw new Error('x') } } ; expect(await fails(() => new Bad().start())).toMatchObject({ name: 'StartError', phase: 'onStart', service: 'Bad', path: ['Bad'] })
    @DependsOn(My) class Dp extends ServiceBase {} ; expect(isKeelsonError(await fails(() => new Dp().start()))).toBe(true)
    const f = ServiceBase.from(async (signal) => { l.push('from' + signal.aborted) }, { name: 'Piece' }); expect(f.name).toBe('Piece'); expect(l).not.toContain('fromfalse'); await f.start(); await f.waitUntilStopped(); expect(f.state).toBe('stopped')
    const g = ServiceBase.from(async () => { throw new Error('piece') }); await g.start().catch(() => {}); expect((await fails(() => g.waitUntilStopped())).message).toBe('piece')
    const w = new My(); await w.start(); const p = fails(() => w.waitUntilStopped()); w.crash('why'); expect(await p).toBe('why')
  })
  test('draining', async () => {
    const l: string[] = []; let n = 0; @Service() class A { async onDrain(c: ServiceContext) { l.push('A ' + c.state); await c.sleep('2s') } @Timer('1s') t() { n++ } } @Service() class B { a = inject(A); onDrain() { l.push('B') } onStop() { l.push('stop B') } }
    const app = await createTestApplication(B).start(); const st: string[] = []; app.state$.subscribe((s) => st.push(s)); await app.stop(); expect(l).toEqual(['B', 'A running', 'stop B']); expect(n).toBe(0); expect(st).toEqual(['running', 'draining', 'stopping', 'stopped']); await app[Symbol.asyncDispose]()
  })
})
class Kid0 {}
