/**
 * The container: what a tsyringe container that the user brings has registered, and what `inject()` refers to
 * while something is constructed. The only door to tsyringe. It refuses to know modules, graphs and lifetimes of
 * ours; it constructs nothing.
 * Start reading at `registry.ts`, then `inject.ts`. What tsyringe does is held fast in
 * `test/container/tsyringe-interop.test.ts`.
 */
export type { DependencyContainer } from 'tsyringe'
export { createFacade } from './facade.js'
export type { Resolver } from './facade.js'
export { appear, inject, setInjectionContext } from './inject.js'
export type { InjectionContext, InjectOptions } from './inject.js'
export { isMarkedByTsyringe } from './marks.js'
export { Registry } from './registry.js'
export type { Registration, RegistrationLifetime } from './registry.js'
