import {
  DependsOn,
  HealthCheck,
  Inject,
  inject,
  Injectable,
  InjectionToken,
  lazy,
  Module,
  optional,
  Service,
  Task,
  Timer
} from './api.js'

// The applications whose faults `golden/wiring/` words. Adding to the end keeps the line numbers of the rest.

export const CLOCK = new InjectionToken<object>('CLOCK')
const CLOCKS = new InjectionToken<object>('CLOCKS')
interface Shape {
  readonly sides: number
}

// ---- what is missing

class Plain {}
abstract class Port {}

@Service()
class Reports {
  constructor(
    readonly plain: Plain,
    @Inject(CLOCK) readonly clock: object,
    readonly port: Port
  ) {}
}

@Service({ inject: [Reports] })
@DependsOn('migrations')
class Api {
  @Inject(Symbol('cache')) declare readonly cache: object
  constructor(readonly reports: Reports) {}
}

@Module({
  providers: [
    Api,
    Reports,
    { provide: CLOCKS, useValue: {} },
    { provide: 'pool', inject: ['url'], useFactory: () => ({}) },
    { provide: 'db', useExisting: 'database' }
  ]
})
export class MissingModule {}

// ---- what cannot be seen

@Service()
class Ledger {}
@Service()
class Invoices {}
@Module({ providers: [Ledger, Invoices], exports: [Invoices] })
class BillingModule {}

@Service()
class Checkout {
  constructor(
    readonly ledger: Ledger,
    readonly invoices: Invoices
  ) {}
}
@Module({ providers: [Checkout], exports: [Ledger, 'nothing'] })
class ShopModule {}
@Module({ imports: [BillingModule, ShopModule] })
export class HiddenModule {}

// ---- circles

@Service({ inject: [() => UserService] })
class MailService {
  constructor(readonly users: unknown) {}
}
@Service({ inject: [() => AuditService] })
class UserService {
  constructor(readonly audit: unknown) {}
}
@Service({ inject: [() => MailService] })
class AuditService {
  constructor(readonly mail: unknown) {}
}
@Service()
@DependsOn(() => Second)
class First {}
@Service()
@DependsOn(() => First)
class Second {}
@Service({ inject: [() => Narcissus] })
class Narcissus {
  constructor(readonly self: unknown) {}
}
@Module({
  providers: [
    MailService,
    UserService,
    AuditService,
    First,
    Second,
    Narcissus,
    { provide: 'a', inject: ['b'], useFactory: () => 1 },
    { provide: 'b', inject: ['a'], useFactory: () => 1 }
  ]
})
export class CircularModule {}

// ---- types that do not exist at run time

@Service()
class Canvas {
  constructor(
    readonly shape: Shape,
    readonly title: string,
    readonly callback: () => void
  ) {}
}
@Service({ inject: [Plain, undefined as never] })
class Gallery {
  constructor(
    readonly plain: Plain,
    readonly canvas: never
  ) {}
}
@Module({ providers: [Canvas, Gallery, Plain] })
export class ErasedModule {}

// ---- rivals

@Injectable({ inject: ['url'] })
class Db {
  constructor(readonly url: string) {}
}
@Module({ providers: [Db, { provide: 'url', useValue: 'east' }], exports: ['url'] })
class EastModule {}
@Module({ providers: [Db, { provide: 'url', useValue: 'west' }], exports: ['url'] })
class WestModule {}
@Service({ inject: ['url', 'plugin', optional('several')] })
class Router {
  constructor(
    readonly url: string,
    readonly plugin: string,
    readonly several: unknown
  ) {}
}
@Module({
  imports: [EastModule, WestModule],
  providers: [
    Router,
    { provide: 'plugin', useValue: 1, multi: true },
    { provide: 'plugin', useValue: 2, multi: true },
    { provide: 'twice', useValue: 1 },
    { provide: 'twice', useValue: 2 }
  ]
})
export class RivalModule {}

// ---- lifetimes

@Injectable({ lifetime: 'scoped' })
class Request {}
@Injectable({ lifetime: 'transient' })
class Formatter {
  constructor(readonly request: Request) {}
}
@Service({ inject: [Request, lazy(() => Request)] })
class Server {
  constructor(
    readonly request: Request,
    readonly later: unknown
  ) {}
}
@Service()
class Printer {
  constructor(readonly formatter: Formatter) {}
}
@Module({ providers: [Server, Printer, { provide: 'server', useClass: Server, lifetime: 'scoped' }] })
export class CaptiveModule {}

// ---- services that are none, and names

@Injectable()
class Idle {
  onStart(): void {}
  @Task() async work(): Promise<void> {}
  @Timer('1s') tick(): void {}
  @HealthCheck() check(): void {}
}
@Service({ name: 'worker' })
class Migrated {
  onModuleInit(): void {}
  onApplicationShutdown(): void {}
}
@Service({ name: 'worker' })
class Other {}
@Module({ providers: [Idle, Migrated, Other] })
export class IdleModule {
  onStart(): void {}
}

// ---- what only construction shows

@Service()
export class Hen {
  readonly egg: unknown = inject(Egg)
}
@Injectable({ inject: [() => Nest] })
class Egg {
  constructor(readonly nest: unknown) {}
}
@Service()
class Nest {
  readonly hen: unknown = inject(Hen)
}
@Service()
export class Asking {
  readonly clock = inject(CLOCK)
}
@Service()
export class Waiting {
  readonly pool = inject('pool')
}
@Module({ providers: [Waiting, { provide: 'pool', useFactory: async () => 'pool' }] })
export class WaitingModule {}

@Service()
class Disk {
  constructor() {
    throw new TypeError('no disk')
  }
}
@Service()
class Files {
  constructor(readonly disk: Disk) {}
}
@Module({
  providers: [
    { provide: 'log', useFactory: () => 1, dispose: () => Promise.reject(new Error('cannot flush')) },
    Files
  ]
})
export class BrokenModule {}
