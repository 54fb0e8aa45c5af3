import type { Dependency, DependencyValue, Lazy } from '../tokens/index.js'
import type { AnyClass } from './dialect.js'

/** The types of a constructor's parameters. */
export type ConstructorTypes<C> = C extends abstract new (...args: infer P) => unknown ? P : never

/** What a string or a symbol gives has no type: by itself, in a list, or later. */
export type IsUntyped<V> = unknown extends V
  ? true
  : V extends readonly (infer E)[]
    ? unknown extends E
      ? true
      : false
    : V extends Lazy<infer E>
      ? unknown extends E
        ? true
        : false
      : false

/** What a list of dependencies injects. A string or a symbol has no type: it is taken to fit. */
export type Injected<D extends readonly unknown[], P extends readonly unknown[]> = {
  -readonly [I in keyof D]: true extends IsUntyped<DependencyValue<D[I]>>
    ? I extends keyof P
      ? P[I]
      : unknown
    : DependencyValue<D[I]>
}

/** `unknown` when the dependencies fit the constructor, else what the class would have to be. */
export type InjectCheck<C, D extends readonly unknown[]> = number extends D['length']
  ? unknown
  : Injected<D, ConstructorTypes<C>> extends ConstructorTypes<C>
    ? unknown
    : { readonly 'inject does not fit the constructor': Injected<D, ConstructorTypes<C>> }

/** `unknown` when its instances are what the token `T` gives, else what the class would have to be. */
export type ProvideCheck<C, T> = C extends abstract new (...args: never[]) => DependencyValue<T>
  ? unknown
  : { readonly 'provide does not fit the class': DependencyValue<T> }

/**
 * A class decorator of both dialects that TypeScript refuses on a class whose constructor does not take `D`, or whose
 * instances are not what the token `T` gives.
 */
export interface InjectingClassDecorator<D extends readonly Dependency[], T = unknown> {
  // without a constraint, which TypeScript would infer in place of a generic class
  <C>(target: C & InjectCheck<C, D> & ProvideCheck<C, T>): void
  <C extends AnyClass>(
    target: C & InjectCheck<C, D> & ProvideCheck<C, T>,
    context: ClassDecoratorContext<C>
  ): void
}

/** `unknown` when a `V` can be put where an `F` is wanted, else a mismatch that names both. */
export type Fits<V, F> =
  true extends IsUntyped<V>
    ? unknown
    : [V] extends [F]
      ? unknown
      : { readonly 'what the token gives': V; readonly 'does not fit': F }

/**
 * A decorator of constructor parameters and properties that TypeScript refuses where a `V` does not fit. Private
 * properties are out of its sight in the legacy dialect.
 */
export interface InjectDecorator<V> {
  <C extends AnyClass, I extends number>(
    target: C,
    key: undefined,
    index: I & Fits<V, ConstructorTypes<C>[I]>
  ): void
  <O extends object, K extends string | symbol>(
    target: O & (K extends keyof O ? Fits<V, O[K]> : unknown),
    key: K
  ): void
  <This, F>(value: undefined, context: ClassFieldDecoratorContext<This, F> & Fits<V, F>): void
  <This, F>(
    value: ClassAccessorDecoratorTarget<This, F>,
    context: ClassAccessorDecoratorContext<This, F> & Fits<V, F>
  ): void
}
