// What TypeScript accepts and refuses of decorators in the legacy dialect. Checked by `tsc` alone, and so nothing here
// runs; fixtures/standard/decorators.ts says the same of the standard one.
import {
  Activity,
  createMethodDecorator,
  Cron,
  DependsOn,
  HealthCheck,
  Inject,
  Injectable,
  InjectAll,
  Module,
  Optional,
  Service,
  Task,
  Timer
} from '../../src/decorators/index.js'
import type { Tick } from '../../src/schedule/index.js'
import type { ServiceContext } from '../../src/service/index.js'
import { all, InjectionToken, lazy, type Lazy, optional, wanted } from '../../src/tokens/index.js'

class A {
  readonly a = 1
}
class B {
  readonly b = 'b'
}
abstract class Clock {
  abstract now(): number
}
interface Mailer {
  send(text: string): void
}
const MAILER = new InjectionToken<Mailer>('MAILER')

// --- @Service({ inject }) against the constructor

@Service({ inject: [A, MAILER, optional(B), all(Clock), lazy(() => B), () => A, 'url'], stopTimeout: '1s' })
export class EveryKind {
  constructor(
    readonly a: A,
    readonly mailer: Mailer,
    readonly b: B | undefined,
    readonly clocks: readonly Clock[],
    readonly later: Lazy<B>,
    readonly again: A,
    readonly url: string
  ) {}
}

@Service({ inject: [A] })
export class WithDefault {
  constructor(
    readonly a: A,
    readonly b = new B()
  ) {}
}

@Service({ inject: [] })
export class TakesNothing {}

@Injectable({ inject: [A, B], lifetime: 'scoped' })
export class Scoped {
  constructor(
    readonly a: A,
    readonly b: B
  ) {}
}

@Service({ inject: [A, 'first'] })
export class Generic<T> {
  constructor(
    readonly a: A,
    readonly first: T
  ) {}
}

@Injectable({ inject: [A] })
export class GenericInjectable<T> {
  readonly rows: T[] = []
  constructor(readonly a: A) {}
}

// @ts-expect-error the constructor wants an A first
@Service({ inject: [B] })
export class WrongClass {
  constructor(readonly a: A) {}
}

// @ts-expect-error the order is the other way round
@Service({ inject: [B, A] })
export class WrongOrder {
  constructor(
    readonly a: A,
    readonly b: B
  ) {}
}

// @ts-expect-error the second parameter is missing from the list
@Service({ inject: [A] })
export class TooFew {
  constructor(
    readonly a: A,
    readonly b: B
  ) {}
}

// @ts-expect-error the constructor takes one only
@Service({ inject: [A, B] })
export class TooMany {
  constructor(readonly a: A) {}
}

// @ts-expect-error optional() may give undefined
@Service({ inject: [optional(A)] })
export class NotOptional {
  constructor(readonly a: A) {}
}

// @ts-expect-error all() gives an array
@Service({ inject: [all(A)] })
export class NotAll {
  constructor(readonly a: A) {}
}

// @ts-expect-error lazy() gives a Lazy
@Service({ inject: [lazy(() => A)] })
export class NotLazy {
  constructor(readonly a: A) {}
}

// @ts-expect-error a token for a Mailer does not give an A
@Service({ inject: [MAILER] })
export class WrongToken {
  constructor(readonly a: A) {}
}

// @ts-expect-error the same holds for @Injectable
@Injectable({ inject: [B] })
export class WrongInjectable {
  constructor(readonly a: A) {}
}

// @ts-expect-error a generic class is checked as well
@Service({ inject: [B] })
export class WrongGeneric<T> {
  readonly rows: T[] = []
  constructor(readonly a: A) {}
}

// @ts-expect-error the generic class takes one only
@Injectable({ inject: [A, B] })
export class TooManyGeneric<T> {
  readonly rows: T[] = []
  constructor(readonly a: A) {}
}

// --- @Service({ provide }) against the class

interface Store<T> {
  get(): T
}
const CLOCKS = new InjectionToken<Store<Clock>>('CLOCKS')

@Service({ provide: A })
export class LikeA {
  readonly a = 1
}

@Service({ provide: MAILER, inject: [A], name: 'mailer' })
export class RealMailer implements Mailer {
  constructor(readonly a: A) {}
  send(): void {}
}

@Service({ provide: CLOCKS })
export class GenericStore<T> implements Store<T> {
  get(): T {
    throw new Error('empty')
  }
}

@Service({ provide: 'anything' })
export class NamedOnly {}

// @ts-expect-error it is no A
@Service({ provide: A })
export class NotA {}

// @ts-expect-error it sends nothing
@Service({ provide: MAILER, inject: [A] })
export class NoMailer {
  constructor(readonly a: A) {}
}

// @ts-expect-error the constructor is checked as well
@Service({ provide: A, inject: [B] })
export class LikeAFromA {
  readonly a = 1
  constructor(readonly from: A) {}
}

// --- options

// @ts-expect-error no such restart type
@Service({ restart: 'always' })
export class BadRestart {}

// @ts-expect-error no such option
@Service({ retsart: 'permanent' })
export class BadOption {}

// @ts-expect-error a service lives as long as its application
@Service({ lifetime: 'transient' })
export class BadLifetime {}

// @ts-expect-error parentheses are needed
@Service
export class Bare {}

@Module({
  imports: [() => Root],
  providers: [A, { provide: MAILER, useFactory: (a) => a.mailer, inject: [A], dispose: (m) => m.close() }]
})
export class Root {}

// @ts-expect-error there is no such way to provide
@Module({ providers: [{ provide: MAILER, use: 1 }] })
export class BadModule {}

@Service()
@DependsOn(A, () => B, 'queue', wanted(Clock), wanted(() => MAILER))
export class Ordered {}

// @ts-expect-error a dependency that orders cannot be lazy
@DependsOn(lazy(() => A))
export class LazyOrder {}

// --- methods

const Subscribe = createMethodDecorator<{ topic: string }>('Subscribe')
const Marked = createMethodDecorator('Marked')
const Maybe = createMethodDecorator<string | undefined>('Maybe')
// who answers for what it throws
createMethodDecorator<number>('Get', { onError: 'throw' })(1)
// @ts-expect-error nobody logs it
createMethodDecorator('Get', { onError: 'log' })

@Service()
export class Methods {
  readonly period = 1000
  readonly pattern = '* * * * *'

  @Task() async run(context: ServiceContext): Promise<void> {
    await context.sleep('1s')
  }
  @Task({ onError: 'log', timeout: '1m' }) private quiet(): void {}
  @Timer('1s', { overlap: 'queue' }) tick(_context: ServiceContext, _tick: Tick): void {}
  @Timer((self) => self.period) own(): void {}
  @Timer((self: Methods) => self.period, { enabled: (self) => self.period > 0 }) typed(): void {}
  @Cron('0 3 * * *', { timezone: 'Europe/Berlin' }) nightly({ log }: ServiceContext): void {
    log.info('nightly')
  }
  @Cron((self: Methods) => self.pattern) configured(): void {}
  @HealthCheck({ critical: false }) async ping(): Promise<number> {
    return 1
  }
  @Activity('importing') import(_file: string, _line: number): boolean {
    return true
  }
  @Subscribe({ topic: 'orders' }) onOrder(_order: { id: string }): void {}
  @Marked() marked(): void {}
  @Maybe() maybe(): void {}
  @Maybe('yes') maybeSo(): void {}

  used(): void {
    this.quiet()
  }
}

export class WrongMethods {
  readonly period = 1000

  // @ts-expect-error a task is called with the context, not with a string
  @Task() run(_text: string): void {}

  // @ts-expect-error nobody gives a task a second argument
  @Task() two(_context: ServiceContext, _more: number): void {}

  // @ts-expect-error a timer is called with the context and a Tick
  @Timer('1s') tick(_context: ServiceContext, _tick: number): void {}

  // @ts-expect-error a health check is called with the context
  @HealthCheck() check(_id: number): void {}

  // @ts-expect-error the function is for instances of another class
  @Timer((self: B) => self.b.length) foreign(): void {}

  // @ts-expect-error a cron has no mode
  @Cron('0 3 * * *', { mode: 'rate' }) cron(): void {}

  // @ts-expect-error a task is not a property
  @Task() property = 1

  // @ts-expect-error parentheses are needed
  @Task bare(): void {}

  // @ts-expect-error options are required
  @Subscribe() missing(): void {}

  // @ts-expect-error these are other options
  @Subscribe({ queue: 'orders' }) wrong(): void {}

  // @ts-expect-error it has no options
  @Marked({ any: 1 }) marked(): void {}
}

// --- parameters and properties

@Service()
export class Injected {
  @Inject(MAILER) readonly mailer!: Mailer
  @Inject(() => B) private readonly b!: B
  @Inject('url') readonly url!: string
  @Inject(lazy(() => B)) readonly later!: Lazy<B>
  @InjectAll(Clock) readonly clocks!: Clock[]

  constructor(
    @Inject(A) readonly a: A,
    @Inject(MAILER) @Optional() readonly maybe: Mailer | undefined,
    @Optional() readonly b2?: B,
    @InjectAll(MAILER) readonly mailers: readonly Mailer[] = [],
    @Inject('port') readonly port = 1
  ) {
    void this.b
  }
}

/** A string has no type: neither by itself, nor in a list, nor later. */
@Service({ inject: [all('numbers'), lazy(() => 'number')] })
export class Untyped {
  @Inject(lazy(() => 'number')) readonly later!: Lazy<number>
  @InjectAll('numbers') readonly many!: number[]

  constructor(
    readonly numbers: number[],
    readonly number: Lazy<number>
  ) {}
}

export class WrongInjected {
  // @ts-expect-error the property is no Mailer
  @Inject(MAILER) readonly a!: A

  // @ts-expect-error one, not all of them
  @InjectAll(MAILER) readonly mailer!: Mailer

  // @ts-expect-error a method is no place for it
  @Inject(MAILER) method(): void {}

  constructor(
    // @ts-expect-error the parameter is no Mailer
    @Inject(MAILER) readonly b: A,
    // @ts-expect-error optional() may give undefined
    @Inject(optional(A)) readonly c: A,
    // @ts-expect-error one, not all of them
    @InjectAll(B) readonly d: B
  ) {}
}

export class WrongParameter {
  // @ts-expect-error methods are not injected
  method(@Inject(A) _a: A): void {}
}
