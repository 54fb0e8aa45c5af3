/**
 * Decorators: what users write on classes, in either dialect. They check what they are given and write metadata;
 * nothing is registered, started or timed here, and they refuse to know what reads it.
 * Start reading at `dialect.ts`, then `service.ts`.
 */
export { Activity } from './activity.js'
export { createMethodDecorator } from './create-method-decorator.js'
export type { CustomMethodDecorator } from './create-method-decorator.js'
export { DependsOn } from './depends-on.js'
export type { AnyClass, AnyMethod, DualClassDecorator, DualMethodDecorator } from './dialect.js'
export { HealthCheck } from './health-check.js'
export { Inject, InjectAll, Optional } from './inject.js'
export type { ParameterDecoratorOf } from './inject.js'
export type {
  ConstructorTypes,
  Fits,
  InjectCheck,
  InjectDecorator,
  Injected,
  IsUntyped,
  InjectingClassDecorator,
  ProvideCheck
} from './inject-check.js'
export { Injectable } from './injectable.js'
export { Module } from './module.js'
export { Service } from './service.js'
export { Task } from './task.js'
export type { ContextMethod } from './task.js'
export { Cron, Timer } from './timer.js'
export type { ScheduledMethod } from './timer.js'
