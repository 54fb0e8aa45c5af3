// What TypeScript makes of objects with options. Checked by `tsc` alone, and so nothing here runs.
import { expectTypeOf, it } from 'vitest'
import {
  InjectionToken,
  type AddChildOptions,
  type AliasProvider,
  type ApplicationOptions,
  type BackoffOptions,
  type ClassProvider,
  type CronOptions,
  type DynamicModule,
  type FactoryProvider,
  type GetOptions,
  type HealthCheckOptions,
  type InjectableOptions,
  type InjectionTokenOptions,
  type InjectOptions,
  type IntervalOptions,
  type LogFileOptions,
  type LoggerOptions,
  type ModuleOptions,
  type Provider,
  type ServiceBase,
  type ServiceContext,
  type ServiceFromOptions,
  type ServiceHandle,
  type ServiceOptions,
  type SupervisorOptions,
  type TaskOptions,
  type TimerOptions,
  type ValueProvider,
  type WaitOptions,
  type WaitUntilStoppedOptions
} from '../../src/index.js'
import type {
  slice,
  SliceOptions,
  TestApplication,
  TestApplicationOptions,
  UntilOptions
} from '../../src/testing/index.js'

it('each has a name that can be imported', () => {
  expectTypeOf<ServiceContext['addChild']>().parameter(1).toEqualTypeOf<AddChildOptions | undefined>()
  expectTypeOf<ServiceBase['addChild']>().parameter(1).toEqualTypeOf<AddChildOptions | undefined>()
  expectTypeOf<ServiceHandle['waitUntilStopped']>()
    .parameter(0)
    .toEqualTypeOf<WaitUntilStoppedOptions | undefined>()
  expectTypeOf<typeof ServiceBase.from>().parameter(1).toEqualTypeOf<ServiceFromOptions | undefined>()
  expectTypeOf<TestApplication['until']>().parameter(2).toEqualTypeOf<UntilOptions | undefined>()
  expectTypeOf<typeof slice>().parameter(1).toEqualTypeOf<SliceOptions | undefined>()
})

/** With each option that may be left out, and it is undefined; without what has to be left out. */
type Undefined<O> = {
  readonly [K in keyof O as [Required<O>[K]] extends [never] ? never : K]: object extends Pick<O, K>
    ? undefined
    : O[K]
}

it('one that is undefined counts as one that is left out', () => {
  expectTypeOf<Undefined<ApplicationOptions>>().toExtend<ApplicationOptions>()
  expectTypeOf<Undefined<TestApplicationOptions>>().toExtend<TestApplicationOptions>()
  expectTypeOf<Undefined<LogFileOptions>>().toExtend<LogFileOptions>()
  expectTypeOf<Undefined<Pick<LoggerOptions, 'file' | 'format'>>>().toExtend<LoggerOptions>()
  expectTypeOf<Undefined<SupervisorOptions>>().toExtend<SupervisorOptions>()
  expectTypeOf<Undefined<BackoffOptions>>().toExtend<BackoffOptions>()
  expectTypeOf<Undefined<Omit<ServiceOptions, 'provide'>>>().toExtend<ServiceOptions>()
  expectTypeOf<Undefined<InjectableOptions>>().toExtend<InjectableOptions>()
  expectTypeOf<Undefined<ModuleOptions>>().toExtend<ModuleOptions>()
  expectTypeOf<Undefined<DynamicModule>>().toExtend<DynamicModule>()
  expectTypeOf<Undefined<ClassProvider>>().toExtend<ClassProvider>()
  expectTypeOf<Undefined<FactoryProvider>>().toExtend<FactoryProvider>()
  expectTypeOf<Undefined<ValueProvider>>().toExtend<ValueProvider>()
  expectTypeOf<Undefined<AliasProvider>>().toExtend<AliasProvider>()
  expectTypeOf<Undefined<InjectionTokenOptions<string>>>().toExtend<InjectionTokenOptions<string>>()
  expectTypeOf<Undefined<TaskOptions>>().toExtend<TaskOptions>()
  expectTypeOf<Undefined<TimerOptions>>().toExtend<TimerOptions>()
  expectTypeOf<Undefined<CronOptions>>().toExtend<CronOptions>()
  expectTypeOf<Undefined<IntervalOptions>>().toExtend<IntervalOptions>()
  expectTypeOf<Undefined<HealthCheckOptions>>().toExtend<HealthCheckOptions>()
  expectTypeOf<Undefined<InjectOptions>>().toExtend<InjectOptions>()
  expectTypeOf<Undefined<GetOptions>>().toExtend<GetOptions>()
  expectTypeOf<Undefined<WaitOptions>>().toExtend<WaitOptions>()
  expectTypeOf<Undefined<WaitUntilStoppedOptions>>().toExtend<WaitUntilStoppedOptions>()
  expectTypeOf<Undefined<AddChildOptions>>().toExtend<AddChildOptions>()
  expectTypeOf<Undefined<ServiceFromOptions>>().toExtend<ServiceFromOptions>()
  expectTypeOf<Undefined<UntilOptions>>().toExtend<UntilOptions>()
  expectTypeOf<Undefined<SliceOptions>>().toExtend<SliceOptions>()
})

it('a further token that is undefined does not exist yet, which is refused', () => {
  expectTypeOf<{ readonly provide: undefined }>().not.toExtend<ServiceOptions>()
})

it('a provider has one way to make its value, and what goes with that', () => {
  const RATE = new InjectionToken<number>('RATE')
  expectTypeOf({ provide: RATE, useValue: 1, multi: true }).toExtend<Provider>()
  expectTypeOf({ provide: RATE, useFactory: Number, inject: ['rate'] }).toExtend<Provider>()
  expectTypeOf({ provide: RATE, useValue: 1, useClass: Number }).not.toExtend<Provider>()
  expectTypeOf({ provide: RATE, useExisting: 'rate', useFactory: Number }).not.toExtend<Provider>()
  // @ts-expect-error a value has no lifetime
  expectTypeOf<Provider>({ provide: RATE, useValue: 1, lifetime: 'scoped' }).not.toBeNever()
})
