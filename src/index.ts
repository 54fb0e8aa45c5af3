/**
 * Keelson: services that start, run, survive and stop well. This page names everything that `keelson` hands out;
 * `src/README.md` says where each of it lives.
 */
import 'reflect-metadata'

export { Application } from './app/index.js'
export type {
  ApplicationOptions,
  ApplicationState,
  BootReport,
  CheckResult,
  DecoratedMethod,
  HealthReport,
  MethodDecoratorFactory,
  ServiceBootTime,
  ServiceHealth,
  ValidationReport
} from './app/index.js'
export { inject } from './container/index.js'
export type { DependencyContainer, InjectOptions } from './container/index.js'
export {
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
} from './decorators/index.js'
export type {
  AnyClass,
  AnyMethod,
  ConstructorTypes,
  ContextMethod,
  CustomMethodDecorator,
  DualClassDecorator,
  DualMethodDecorator,
  Fits,
  InjectCheck,
  InjectDecorator,
  Injected,
  IsUntyped,
  InjectingClassDecorator,
  ParameterDecoratorOf,
  ProvideCheck,
  ScheduledMethod
} from './decorators/index.js'
export { dump, snapshot } from './dump/index.js'
export type { ApplicationSnapshot, ProcessSnapshot, ServiceDetails, TaskDetails } from './dump/index.js'
export {
  ConfigurationError,
  ERROR_CODES,
  ExitError,
  isKeelsonError,
  KeelsonError,
  LifecycleError,
  MaxRestartsExceededError,
  StartError,
  StopError,
  WiringError
} from './errors/index.js'
export type {
  ErrorDetails,
  ErrorJSON,
  ExitDetails,
  KeelsonErrorCode,
  MaxRestartsDetails,
  Problem,
  StartErrorDetails,
  StopErrorDetails,
  StopFailure,
  ThrownJSON
} from './errors/index.js'
export type {
  ActivityEvent,
  ApplicationEvent,
  EndedBase,
  EventBase,
  EventOf,
  HookEvent,
  LifecycleEvent,
  LifecycleEventType,
  OfService,
  OfSlot,
  ScheduleEvent,
  ServiceEvent,
  SupervisorEvent,
  TaskEvent
} from './events/index.js'
export type { EdgeKind, GraphEdge, GraphJSON, GraphNode, ServiceGraph } from './graph/index.js'
export type { ServiceState, StopReason } from './lifecycle/index.js'
export { LOGGER } from './logging/index.js'
export type { AnyLogger, LogFileOptions, Logger, LoggerOptions } from './logging/index.js'
export type {
  CronOptions,
  DependsOnEntry,
  HealthCheckOptions,
  InjectableOptions,
  MethodDecoratorOptions,
  LogLevel,
  ModuleOptions,
  Overlap,
  RestartType,
  ServiceOptions,
  TaskOptions,
  TimerOptions
} from './metadata/index.js'
export { bootstrap, createApplication, validate } from './process/index.js'
export { Tick } from './schedule/index.js'
export type { IntervalOptions } from './schedule/index.js'
export { ServiceBase, ServiceContext } from './service/index.js'
export type {
  AddChildOptions,
  OnDrain,
  OnFirstStart,
  OnReady,
  OnRestart,
  OnShutdown,
  OnStart,
  OnStarted,
  OnStop,
  ServiceFromOptions,
  ServiceHandle,
  ServiceSnapshot,
  TaskHandle,
  TaskSnapshot,
  WaitAll,
  WaitFirst,
  WaitUntilStoppedOptions
} from './service/index.js'
export { Supervisor } from './supervisor/index.js'
export type { BackoffOptions, RestartStrategy, SupervisorOptions } from './supervisor/index.js'
export { Clock } from './time/index.js'
export type { Duration, TimerHandle } from './time/index.js'
export { all, InjectionToken, Lazy, lazy, optional, wanted } from './tokens/index.js'
export type {
  AbstractClass,
  AliasProvider,
  AllDependency,
  Class,
  ClassProvider,
  Dependency,
  DependencyValue,
  DynamicModule,
  FactoryProvider,
  InjectionTokenOptions,
  LazyDependency,
  Lifetime,
  ModuleClass,
  ModuleExport,
  ModuleImport,
  OptionalDependency,
  Provider,
  ProviderBase,
  ServiceClass,
  Token,
  ValueProvider,
  WantedDependency
} from './tokens/index.js'
export type { WaitOptions, WaitResult, Work, Worked } from './waits/index.js'
export { Scope } from './wiring/index.js'
export type { GetOptions, Root } from './wiring/index.js'
