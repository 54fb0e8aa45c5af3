import { all, Application, Clock, ConfigurationError, createApplication, createMethodDecorator, Cron, DependsOn, HealthCheck, Inject, inject, Injectable, InjectAll, InjectionToken, isKeelsonError, Lazy, lazy, LOGGER, Module, optional, Optional, Scope, Service, ServiceBase, ServiceContext, Task, Timer, validate, wanted, Activity, type Provider } from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { describe, expect, test } from 'vitest'

const fails = async (f: () => unknown): Promise<any> => { try { await f() } catch (e) { return e } throw new Error('did not fail') }
const quiet = { logger: false as const }
const mk = (root: any, o: any = {}) => createApplication(root, { ...quiet, ...o })
const problem = async (root: any, code: string) => { const e = await fails(() => mk(root)); expect(e.name).toBe('WiringError'); const p = e.problems.find((x: any) => x.code === code); expect(p, e.message).toBeDefined(); return p }

describe('durations', () => {
  test.each([-1, NaN, 'x', '', '5 parsecs', null, {}])('%s refused when decorator runs', async (d: any) => {
    expect(() => { class X { @Timer(d) t() {} } void X }).toThrow(expect.objectContaining({ code: 'KEEL_INVALID_DURATION', name: 'ConfigurationError' }))
    expect(() => Service({ stopTimeout: d })(class {})).toThrow(expect.objectContaining({ code: 'KEEL_INVALID_DURATION' }))
    expect((await fails(() => mk(class {}, { shutdownTimeout: d }))).code).toBe('KEEL_INVALID_DURATION')
  })
  test('startTimeout 0 refused, Infinity allowed, stopTimeout 0 ok', () => {
    expect(() => Service({ startTimeout: 0 })(class {})).toThrow(ConfigurationError)
    Service({ startTimeout: Infinity, stopTimeout: 0, shutdownTimeout: Infinity })(class {})
  })
  test('delays above 2^31-1 work', async () => {
    @Service() class S { n = 0; @Timer('30d') t() { this.n++ } }
    await using app = await createTestApplication(S).start()
    await app.clock.advance('29d'); expect(app.get(S).n).toBe(0); await app.clock.advance('1d'); expect(app.get(S).n).toBe(1)
  })
  test('literals checked at decorator', () => {
    const on = (d: any) => () => d(class {}.prototype, 'x', { value() {} })
    expect(on(Cron('61 * * * *'))).toThrow(expect.objectContaining({ code: 'KEEL_INVALID_CRON' }))
    expect(on(Cron('0 0 30 2 *'))).toThrow(expect.objectContaining({ code: 'KEEL_INVALID_CRON' }))
    expect(on(Cron('* * * * *', { timezone: 'Mars/Base' }))).toThrow(expect.objectContaining({ code: 'KEEL_INVALID_CRON' }))
    expect(on(Timer('x' as any))).toThrow(ConfigurationError)
    expect(on(Task({ timeout: 'x' as any }))).toThrow(ConfigurationError)
    expect(on(HealthCheck({ timeout: -1 }))).toThrow(ConfigurationError)
  })
  test('every function read at start', async () => {
    @Service() class S { @Timer(() => 'zzz' as any) t() {} }
    const e = await fails(() => createTestApplication(S).start())
    expect(e.name).toBe('StartError'); expect(e.cause.code).toBe('KEEL_INVALID_DURATION')
    @Service() class C { @Cron(() => 'zzz') t() {} }
    const e2 = await fails(() => createTestApplication(C).start())
    expect(e2.cause.code).toBe('KEEL_INVALID_CRON')
  })
})

describe('decorators', () => {
  test('the opening example', async () => {
    @Service() class Feed { readonly lines: string[] = []; async onStart({ log }: ServiceContext) { log.info('connected') } async onShutdown({ log }: ServiceContext) { log.info('saved %d lines', this.lines.length) } }
    @Service() class Reader {
      private readonly feed = inject(Feed)
      @Task() async read({ sleep }: ServiceContext) { while (await sleep('300ms')) this.feed.lines.push('line') }
      @Timer('1s') report({ log }: ServiceContext) { log.info('%d lines', this.feed.lines.length) }
    }
    const app = await createTestApplication(Reader).start()
    await app.clock.advance('1s'); await app.stop()
    const msgs = app.logs.map((l) => l.msg)
    expect(msgs).toContain('connected'); expect(msgs).toContain('3 lines'); expect(msgs).toContain('saved 3 lines')
    expect(app.logs.find((l) => l.msg === 'connected')!.service).toBe('Feed')
    await app[Symbol.asyncDispose]()
  })
  test('inheritance', async () => {
    const log: string[] = []
    @Service() class D1 {} @Service() class D2 {}
    class Base { constructor(readonly dep: D1) {} @Task() a() { log.push('base a') } @Task() b() { log.push('base b') } @Task() c() { log.push('base c') } }
    DependsOn(D2)(Base)
    Inject(D1)(Base, undefined as any, 0)
    @Service() @DependsOn(D1) class Sub extends Base { @Task() override b() { log.push('sub b') } override c() { log.push('sub c') } @Task() d() { log.push('sub d') } }
    await using app = await createTestApplication(Sub).start(); await app.idle()
    expect(log).toEqual(['base a', 'sub b', 'sub d'])
    expect(app.get(Sub).dep).toBe(app.get(D1))
    expect(app.graph.dependenciesOf('Sub').sort()).toEqual(['D1', 'D2'])
    @Service() class P {} class Q extends P { @Task() x() {} }
    const e = await fails(() => mk([Q as any])); expect(['KEEL_NOT_A_SERVICE', 'KEEL_NOT_A_MODULE']).toContain(e.problems?.[0].code ?? e.code)
  })
  test('not a service', async () => {
    class Plain { @Task() t() {} } class Hook { onStart() {} }
    @Module({ providers: [Plain, Hook] }) class M {}
    const e = await fails(() => mk(M)); expect(e.problems.map((p: any) => p.code)).toEqual(['KEEL_NOT_A_SERVICE', 'KEEL_NOT_A_SERVICE'])
  })
  test('foreign hook warns', async () => {
    @Service() class S { onModuleInit() {} onApplicationShutdown() {} }
    await using app = await createTestApplication(S).start()
    expect(app.logs.some((l) => l.level === 40 && JSON.stringify(l).includes('KEEL_FOREIGN_HOOK') && l.msg.includes('onModuleInit'))).toBe(true)
  })
  test('optional, injectall, lazy, property', async () => {
    const TOK = new InjectionToken<number>('TOK'); const M_ = new InjectionToken<string>('MULTI')
    @Service() class Z {}
    @Service() class S {
      atCtor: unknown
      @Inject(Z) z!: Z
      @Inject(() => Z) z2!: Z
      @Inject(lazy(() => Z)) z3!: Lazy<Z>
      constructor(@Optional() @Inject(TOK) readonly n: number | undefined, @InjectAll(M_) readonly ms: string[], @Inject(lazy(() => Z)) readonly l: Lazy<Z>, readonly app: Application, readonly ctx: ServiceContext, readonly clock: Clock, @Inject(LOGGER) readonly logger: any) { this.atCtor = this.z }
    }
    @Module({ providers: [S, Z, { provide: M_, useValue: 'a', multi: true }, { provide: M_, useValue: 'b', multi: true }] }) class M {}
    await using app = await createTestApplication(M).start()
    const s = app.get(S)
    expect(s.n).toBeUndefined(); expect(s.ms).toEqual(['a', 'b']); expect(s.l.get()).toBe(app.get(Z)); expect(s.atCtor).toBeUndefined(); expect(s.z).toBe(app.get(Z)); expect(s.z2).toBe(s.z); expect(s.z3.get()).toBe(s.z)
    expect(s.app).toBe(app); expect(s.ctx.name).toBe('S'); expect(s.clock).toBe(app.clock); expect(s.ctx.state).toBe('running'); expect(typeof s.logger.info).toBe('function')
    
  })
  test('injectable lifetimes', async () => {
    @Injectable() class Si {} @Injectable({ lifetime: 'transient' }) class Tr {} @Injectable({ lifetime: 'scoped' }) class Sc {}
    @Service() class A { si = inject(Si); tr = inject(Tr); tr2 = inject(Tr) } @Service() class B { a = inject(A); si = inject(Si) }
    await using app = await createTestApplication(B).start()
    expect(app.get(A).si).toBe(app.get(B).si); expect(app.get(A).tr).not.toBe(app.get(A).tr2)
    await using s1 = app.createScope(); await using s2 = app.createScope([{ provide: 'x', useValue: 3 }])
    expect(s1).toBeInstanceOf(Scope)
    expect(s1.get(Sc)).toBe(s1.get(Sc)); expect(s1.get(Sc)).not.toBe(s2.get(Sc)); expect(s2.get('x')).toBe(3); expect(s1.get(A)).toBe(app.get(A))
    @Service() class Cap { constructor(readonly s: Sc) {} }
    const p = await problem(Cap, 'KEEL_CAPTIVE_DEPENDENCY'); expect(p.hint).toContain('createScope')
    @Service() class Cap2 { s = inject(Sc) }
    const e = await fails(() => mk(Cap2)); expect(e.name).toBe('WiringError'); expect(e.problems[0].code).toBe('KEEL_CAPTIVE_DEPENDENCY')
  })
  test('custom method decorator', async () => {
    const Route = createMethodDecorator<{ path: string }>('Route')
    @Service() class S { acts: string[] = []; ctx = inject(ServiceContext); @Route({ path: '/a' }) @Activity('routing') a(x: number) { this.acts.push(...this.ctx.activities); return x * 2 } @Route({ path: '/b' }) async b() { throw new Error('b') } }
    await using app = await createTestApplication(S).start()
    const ms = app.methodsWith(Route)
    expect(ms.map((m) => [m.service.name ?? m.service, m.method, m.options])).toEqual([['S', 'a', { path: '/a' }], ['S', 'b', { path: '/b' }]])
    expect(await (ms[0]!.call as any)(21)).toBe(42); expect(app.get(S).acts).toEqual(['routing'])
    const e = await fails(() => ms[1]!.call()); expect(e.message).toBe('b')
    expect(app.get(S).a(2)).toBe(4)
  })
  test('names', async () => {
    const mkc = () => { @Service() class Same {} return Same }
    const [a, b] = [mkc(), mkc()]
    await using app = await createTestApplication([a, b]).start()
    expect(app.services.map((s) => s.name)).toHaveLength(2); expect(new Set(app.services.map((s) => s.name)).size).toBe(2)
    @Service({ name: 'x' }) class X {} @Service({ name: 'x' }) class Y {}
    const e = await fails(() => mk([X, Y])); expect(e.code === 'KEEL_DUPLICATE_NAME' || e.problems?.[0].code === 'KEEL_DUPLICATE_NAME').toBe(true)
    @Module({ providers: [a] }) class M1 {} @Module({ providers: [b], imports: [M1] }) class M2 {}
    const app2 = await mk(M2); expect(app2.services.map((s) => s.name).join()).toMatch(/M[12]/)
  })
  test('provide', async () => {
    abstract class Port { abstract x(): number }
    @Service({ provide: Port }) class Impl extends Port { x() { return 1 } }
    @Service() class U { p = inject(Port) }
    @Module({ providers: [U, Impl] }) class M {}
    const app = await mk(M); expect(app.get(Port)).toBe(app.get(Impl)); expect(app.get(U).p.x()).toBe(1)
  })
})

describe('providers', () => {
  test('shapes', async () => {
    const A = new InjectionToken<number>('A', { factory: () => 7 }); class P { k = 1 } const disposed: string[] = []
    @Service() class Svc { started = false; onStart() { this.started = true } }
    let seen: unknown
    @Module({ providers: [P, Svc, { provide: 'cls', useClass: P }, { provide: 'v', useValue: 1 }, { provide: 'f', useFactory: async (a: number, p: P, s: Svc) => { seen = s.started; return { n: a + p.k, [Symbol.dispose]() { disposed.push('f') } } }, inject: [A, P, Svc] }, { provide: 'e', useExisting: 'f' },
      { provide: 'g', useFactory: (f: unknown) => f, inject: ['f'], dispose: () => { disposed.push('g') } }] }) class M {}
    const app = await createTestApplication(M).start()
    expect(app.get<any>('f').n).toBe(8); expect(app.get('e')).toBe(app.get('f')); expect(app.get('v')).toBe(1); expect(app.get('cls')).toBeInstanceOf(P); expect(seen).toBe(false); expect(app.get(A)).toBe(7)
    await app.stop(); expect(disposed).toEqual([]); await app[Symbol.asyncDispose](); expect(disposed).toEqual(['g', 'f'])
    expect((await fails(() => app.get('f'))).code).toBe('KEEL_DISPOSED'); expect((await fails(() => app.create(P))).code).toBe('KEEL_DISPOSED'); expect((await fails(() => app.createScope())).code).toBe('KEEL_DISPOSED')
    expect(app.state).toBe('stopped'); expect(app.health().services).toHaveLength(1); expect(app.graph.nodes).toHaveLength(1); expect(app.services[0]!.state).toBe('stopped')
  })
  test('useClass with a name: own instance', async () => {
    @Service() class W { ctx = inject(ServiceContext) }
    @Module({ providers: [W, { provide: 'w2', useClass: W, name: 'Second' }] }) class M {}
    await using app = await createTestApplication(M).start()
    expect(app.get('w2')).not.toBe(app.get(W)); expect(app.services.map((s) => s.name).sort()).toEqual(['Second', 'W']); expect(app.get<W>('w2').ctx.name).toBe('Second')
  })
  test('useClass without a name same instance (singleton class)', async () => {
    @Service() class W {} @Module({ providers: [W, { provide: 'w2', useClass: W }] }) class M {}
    const app = await mk(M); expect(app.get('w2')).toBe(app.get(W)); expect(app.services).toHaveLength(1)
  })
  test('scoped async factory refused', async () => {
    @Module({ providers: [{ provide: 'x', useFactory: async () => 1, lifetime: 'scoped' }] }) class M {}
    const app = await mk(M).catch((e) => e); if (app instanceof Error) { expect(isKeelsonError(app)).toBe(true) } else { await using s = app.createScope(); const e = await fails(() => s.get('x')); expect(isKeelsonError(e), String(e)).toBe(true) }
  })
  test('inject of unsettled async factory', async () => {
    @Service() class S { x = inject('slow') } @Module({ providers: [S, { provide: 'slow', useFactory: async () => 1 }] }) class M {}
    const e = await fails(() => createTestApplication(M).start())
    const chain: any[] = []; for (let x = e; x; x = x.cause) chain.push(x.code, ...(x.problems ?? []).map((p: any) => p.code)); 
    expect(chain.length === 0 ? 'ok' : chain).toContain('KEEL_ASYNC_NOT_READY')
  })
  test('outside', () => { expect(() => inject(Clock)).toThrow(expect.objectContaining({ code: 'KEEL_INJECT_OUTSIDE_CONSTRUCTION', name: 'LifecycleError' })) })
  test('inject optional and lazy cycle', async () => {
    const MAILER = new InjectionToken<string>('MAILER')
    @Service() class Orders { mail = inject(MAILER, { optional: true }); later: Lazy<Billing> = inject(lazy(() => Billing)) }
    @Service() class Billing { o = inject(Orders) }
    await using app = await createTestApplication(Billing).start()
    expect(app.get(Orders).mail).toBeUndefined(); expect(app.get(Orders).later.get()).toBe(app.get(Billing))
    expect(app.services.map((s) => s.name)).toEqual(['Orders', 'Billing'])
    expect(app.graph.edges.filter((e) => e.kind === 'lazy')).toEqual([{ from: 'Orders', to: 'Billing', kind: 'lazy' }])
  })
  test('inject cycle at construct time', async () => {
    @Service() class A { b: any = inject(B) } @Service() class B { a = inject(A) }
    const e = await fails(() => createTestApplication(A).start()); expect(e.name).toBe('WiringError'); expect(e.problems[0].code).toBe('KEEL_DEPENDENCY_CYCLE')
    for (const s of ['A', 'B', 'lazy', 's2.test.ts:']) expect(e.message).toContain(s)
  })
  test('missing via inject', async () => {
    @Service() class A { b: any = inject('nope') }
    const e = await fails(() => createTestApplication(A).start()); expect(e.name).toBe('WiringError'); expect(e.problems[0].code).toBe('KEEL_MISSING_PROVIDER')
  })
})

describe('modules', () => {
  test('encapsulation', async () => {
    @Module({ providers: [{ provide: 'hid', useValue: 1 }, { provide: 'pub', useValue: 2 }], exports: ['pub'] }) class Inner {}
    @Service({ inject: ['pub'] }) class Ok { constructor(readonly v: unknown) {} }
    @Module({ imports: [() => Inner], providers: [Ok] }) class M {}
    const app = await mk(M); expect(app.get(Ok).v).toBe(2)
    @Service({ inject: ['hid'] }) class Bad { constructor(readonly v: unknown) {} }
    @Module({ imports: [Inner], providers: [Bad] }) class M2 {}
    const e = await fails(() => mk(M2)); expect(e.problems[0].code).toBe('KEEL_NOT_EXPORTED'); expect(e.message).toContain('Inner'); expect(e.message).toContain('Bad')
    expect(e.message).toMatch(/s2\.test\.ts:\d+/)
  })
  test('nearest name', async () => {
    @Service({ inject: ['databse'] }) class Bad { constructor(readonly v: unknown) {} }
    @Module({ providers: [Bad, { provide: 'database', useValue: 1 }] }) class M {}
    const e = await fails(() => mk(M)); expect(e.problems[0].code).toBe('KEEL_MISSING_PROVIDER'); expect(e.message).toContain('database')
  })
  test('global, dynamic, promise', async () => {
    @Module({}) class Dyn {} @Module({ providers: [{ provide: 'g', useValue: 5 }], exports: ['g'], global: true }) class G {}
    @Service({ inject: ['g'] }) class S { constructor(readonly g: unknown) {} } @Module({ providers: [S], exports: [S] }) class Deep {}
    @Module({ imports: [G, Deep, Promise.resolve({ module: Dyn, providers: [{ provide: 'd', useValue: 9 }], exports: ['d'] }), { module: Dyn, providers: [{ provide: 'd2', useValue: 10 }], exports: ['d2'] }] }) class M {}
    const app = await mk(M); expect(app.get(S).g).toBe(5); expect(app.get('d')).toBe(9); expect(app.get('d2')).toBe(10)
  })
  test('ambiguous get', async () => {
    @Module({ providers: [{ provide: 'k', useValue: 1 }] }) class A {} @Module({ providers: [{ provide: 'k', useValue: 2 }] }) class B {} @Module({ imports: [A, B] }) class M {}
    const app = await mk(M); const e = await fails(() => app.get('k')); expect(isKeelsonError(e)).toBe(true); expect(app.get('k', { from: A })).toBe(1); expect(app.get('k', { from: B })).toBe(2)
    expect((await fails(() => app.get('zzz'))).code).toBe('KEEL_UNKNOWN_TOKEN')
  })
  test('duplicates', async () => {
    @Module({ providers: [{ provide: 'k', useValue: 1 }, { provide: 'k', useValue: 2 }] }) class M {}
    await problem(M, 'KEEL_DUPLICATE_PROVIDER')
    @Service({ inject: ['cfg'] }) class S { constructor(readonly c: unknown) {} }
    @Module({ providers: [S, { provide: 'cfg', useValue: 1 }] }) class A {} @Module({ providers: [S, { provide: 'cfg', useValue: 2 }] }) class B {} @Module({ imports: [A, B] }) class R {}
    await problem(R, 'KEEL_DUPLICATE_PROVIDER')
  })
  test('module class is not constructed', async () => { let n = 0; @Module({}) class M { constructor() { n++ } onStart() { n++ } } const e = await createTestApplication(M).start().catch((x) => x); expect(n).toBe(0); if (!(e instanceof Error)) await e[Symbol.asyncDispose]() })
  test('not a module', async () => { class X {} ; const e = await fails(() => mk(X)); expect(e.code).toBe('KEEL_NOT_A_MODULE'); @Module({ imports: [X as any] }) class M {} ; const e2 = await fails(() => mk(M)); expect(e2.code ?? e2.problems[0].code).toMatch(/KEEL_NOT_A_MODULE|KEEL_WIRING/) })
  test('all problems, no ctor', async () => {
    let n = 0
    @Service() class Fine { constructor() { n++ } }
    @Service({ inject: ['m1'] }) class A { constructor(_: unknown) { n++ } } @Service({ inject: ['m2'] }) class B { constructor(_: unknown) { n++ } }
    @Service({ inject: [() => C2] }) class C1 { constructor(_: any) { n++ } } @Service({ inject: [() => C1] }) class C2 { constructor(_: any) { n++ } }
    @Module({ providers: [Fine, A, B, C1, C2] }) class M {}
    const r = await validate(M); expect(r.problems.map((p) => p.code).sort()).toEqual(['KEEL_DEPENDENCY_CYCLE', 'KEEL_MISSING_PROVIDER', 'KEEL_MISSING_PROVIDER'])
    for (const p of r.problems) { expect(p.location).toMatch(/s2\.test\.ts:\d+$/); expect(Array.isArray(p.path)).toBe(true) }
    const e = await fails(() => mk(M)); expect(e.problems).toHaveLength(3); expect(n).toBe(0)
    for (const s of ['m1', 'm2', 'C1', 'C2', 'lazy']) expect(e.message).toContain(s)
    @Service() class Sound {} ; expect((await validate(Sound)).problems).toEqual([])
  })
  test('ServiceBase root and arrays', async () => {
    class X extends ServiceBase { ran = 0; onStart() { this.ran++ } } const x = new X(); @Service() class Y {}
    await using app = await createTestApplication(x).start(); expect(x.state).toBe('running'); expect(app.name).toBe('X')
    await using app2 = await createTestApplication([new X(), Y]).start(); expect(app2.services).toHaveLength(2)
    await using app3 = await createTestApplication({ module: class {}, providers: [Y] } as any).create().catch(() => mk(Y)); void app3
  })
  test('dependsOn tokens', async () => {
    const order: string[] = []
    @Service() class A { onStart() { order.push('A') } } @Service() class B { onStart() { order.push('B') } } @Service() class Opt { onStart() { throw new Error('opt') } }
    @Service() @DependsOn(A, () => B, wanted(Opt)) class C { onStart() { order.push('C') } }
    await using app = await createTestApplication([C]).start()
    expect(order).toEqual(['A', 'B', 'C']); expect(app.service(Opt).state).toBe('crashed'); expect(app.state).toBe('running')
    expect(app.graph.edges.map((e) => `${e.from}-${e.kind}-${e.to}`).sort()).toEqual(['C-depends-on-A', 'C-depends-on-B', 'C-wanted-Opt'])
    @Service() @DependsOn(wanted('absent')) class D {} ; await mk(D)
  })
  test('erased and no metadata', async () => {
    interface I { x: number }
    @Service() class S { constructor(readonly i: I, readonly n: number) {} }
    const e = await fails(() => mk(S)); expect(e.problems.map((p: any) => p.code)).toEqual(['KEEL_ERASED_TYPE', 'KEEL_ERASED_TYPE']); expect(e.message).toContain('i'); expect(e.message).toMatch(/@Inject|inject/)
  })
  test('options providers override', async () => {
    @Service() class Db { k = 'real' } @Service() class U { constructor(readonly d: Db) {} }
    const p: Provider = { provide: Db, useValue: { k: 'fake' } }
    const app = await mk(U, { providers: [p] }); expect(app.get(U).d.k).toBe('fake')
  })
  test('plain provider passes dependencies', async () => {
    @Service() class B {} class Plain { constructor(readonly b: B) {} } Inject(B)(Plain, undefined as any, 0)
    @Service() class A { constructor(readonly p: Plain) {} }
    @Module({ providers: [A, B, Plain] }) class M {}
    const app = await mk(M); expect(app.graph.dependenciesOf('A')).toEqual(['B'])
  })
  test('invalid options', async () => {
    for (const o of [{ concurrency: 0 }, { timezone: 'Mars/X' }, { runUntil: 'x' }, { nope: 1 }, { name: 3 }]) { @Service() class S {} const e: any = await mk(S, o).catch((x) => x); expect.soft(isKeelsonError(e), JSON.stringify(o)).toBe(true) }
    expect(() => Service({ restart: 'x' as any })(class {})).toThrow(ConfigurationError); expect(() => Service({ nope: 1 } as any)(class {})).toThrow(ConfigurationError)
    expect(() => Module({ provider: [] } as any)(class {})).toThrow(ConfigurationError); expect(() => Timer('1s', { overlap: 'x' as any })).toThrow(ConfigurationError)
  })
  test('app name', async () => { @Service() class Foo {} ; expect((await mk(Foo)).name).toBe('Foo'); expect((await mk(Foo, { name: 'z' })).name).toBe('z'); expect((await mk(Foo)).service(Foo).path).toBe('Foo/Foo'); void [all, optional, TestClock] })
})
