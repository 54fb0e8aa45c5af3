import { createRequire } from 'node:module'
import {
  container as globalContainer,
  delay,
  type DependencyContainer,
  inject,
  injectable,
  injectAll,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  predicateAwareClassFactory,
  scoped,
  singleton
} from 'tsyringe'
import { describe, expect, it } from 'vitest'

/**
 * What tsyringe does, written down row by row: provider kind × lifetime × registered where × resolved already ×
 * asked in the parent or in a child. Keelson builds on these facts, so a release of tsyringe that changes one of
 * them fails here, with its name.
 */

interface RawRegistration {
  readonly provider: Readonly<Record<string, unknown>>
  readonly options: { readonly lifecycle: Lifecycle }
  readonly instance?: unknown
}

interface RawContainer {
  readonly parent?: RawContainer
  readonly _registry: {
    entries(): Iterable<[unknown, RawRegistration[]]>
    has(token: unknown): boolean
    getAll(token: unknown): RawRegistration[]
    readonly _registryMap: Map<unknown, RawRegistration[]>
  }
}

const raw = (container: DependencyContainer) => container as unknown as RawContainer
/** A child of the global container that begins empty, whatever other tests have marked as scoped to a container. */
function fresh(): DependencyContainer {
  const child = globalContainer.createChildContainer()
  child.reset()
  return child
}

@injectable()
class Part {}

type Row = {
  kind: string
  lifetime: string
  register: (container: DependencyContainer) => void
  /** Are two resolves in the container itself the same object? */
  sameInParent: boolean
  /** Is what a child resolves that of its parent, when the parent resolved first? */
  sharedAfterParent: boolean
  /** Is what the parent resolves that of its child, when the child resolved first? */
  sharedAfterChild: boolean
  /** Does the registration hold an instance after a resolve in the container itself? */
  held: boolean
  /** Does the registration hold an instance after a resolve in a child only? */
  heldByChildResolve: boolean
}

const rows: Row[] = [
  {
    kind: 'class',
    lifetime: 'transient',
    register: (c) => c.register('t', { useClass: Part }),
    sameInParent: false,
    sharedAfterParent: false,
    sharedAfterChild: false,
    held: false,
    heldByChildResolve: false
  },
  {
    kind: 'class',
    lifetime: 'singleton',
    register: (c) => c.register('t', { useClass: Part }, { lifecycle: Lifecycle.Singleton }),
    sameInParent: true,
    sharedAfterParent: true,
    sharedAfterChild: true,
    held: true,
    heldByChildResolve: true
  },
  {
    kind: 'class',
    lifetime: 'container scoped',
    register: (c) => c.register('t', { useClass: Part }, { lifecycle: Lifecycle.ContainerScoped }),
    sameInParent: true,
    sharedAfterParent: false,
    sharedAfterChild: false,
    held: true,
    heldByChildResolve: false
  },
  {
    kind: 'class',
    lifetime: 'resolution scoped',
    register: (c) => c.register('t', { useClass: Part }, { lifecycle: Lifecycle.ResolutionScoped }),
    sameInParent: false,
    sharedAfterParent: false,
    sharedAfterChild: false,
    held: false,
    heldByChildResolve: false
  },
  {
    kind: 'value',
    lifetime: 'as it is',
    register: (c) => c.register('t', { useValue: { a: 'value' } }),
    sameInParent: true,
    sharedAfterParent: true,
    sharedAfterChild: true,
    held: false,
    heldByChildResolve: false
  },
  {
    kind: 'factory',
    lifetime: 'transient',
    register: (c) => c.register('t', { useFactory: () => ({}) }),
    sameInParent: false,
    sharedAfterParent: false,
    sharedAfterChild: false,
    held: false,
    heldByChildResolve: false
  },
  {
    kind: 'factory',
    lifetime: 'instanceCachingFactory',
    register: (c) => c.register('t', { useFactory: instanceCachingFactory(() => ({})) }),
    sameInParent: true,
    sharedAfterParent: true,
    sharedAfterChild: true,
    held: false,
    heldByChildResolve: false
  },
  {
    // the factory is handed the container that owns nothing but was asked, so parent and child differ
    kind: 'factory',
    lifetime: 'instancePerContainerCachingFactory',
    register: (c) => c.register('t', { useFactory: instancePerContainerCachingFactory(() => ({})) }),
    sameInParent: true,
    sharedAfterParent: false,
    sharedAfterChild: false,
    held: false,
    heldByChildResolve: false
  },
  {
    kind: 'token of a transient class',
    lifetime: 'transient',
    register: (c) => c.register('t', { useToken: Part }),
    sameInParent: false,
    sharedAfterParent: false,
    sharedAfterChild: false,
    held: false,
    heldByChildResolve: false
  },
  {
    kind: 'token of a transient class',
    lifetime: 'singleton',
    register: (c) => c.register('t', { useToken: Part }, { lifecycle: Lifecycle.Singleton }),
    sameInParent: true,
    sharedAfterParent: true,
    sharedAfterChild: true,
    held: true,
    heldByChildResolve: true
  }
]

describe.each(rows)('tsyringe: a $kind that is $lifetime', (row) => {
  it('is the same or not each time in the container it was registered in', () => {
    const parent = fresh()
    row.register(parent)
    expect(parent.resolve('t') === parent.resolve('t')).toBe(row.sameInParent)
  })

  it('is or is not shared with a child that asks after its parent', () => {
    const parent = fresh()
    row.register(parent)
    const child = parent.createChildContainer()
    const first = parent.resolve('t')
    expect(child.resolve('t') === first).toBe(row.sharedAfterParent)
  })

  it('is or is not shared with a parent that asks after its child', () => {
    const parent = fresh()
    row.register(parent)
    const child = parent.createChildContainer()
    const first = child.resolve('t')
    expect(parent.resolve('t') === first).toBe(row.sharedAfterChild)
  })

  it('is visible in a child that was made before it was registered', () => {
    const parent = fresh()
    const child = parent.createChildContainer()
    row.register(parent)
    expect(child.isRegistered('t')).toBe(false)
    expect(child.isRegistered('t', true)).toBe(true)
    expect(child.resolve('t')).toBeTypeOf('object')
  })

  it('leaves its instance in the registration, or not', () => {
    const parent = fresh()
    row.register(parent)
    expect(raw(parent)._registry.getAll('t')[0]?.instance).toBeUndefined()
    const resolved = parent.resolve('t')
    expect(raw(parent)._registry.getAll('t')[0]?.instance === resolved).toBe(row.held)
  })

  it('leaves its instance in the registration when only a child asks, or not', () => {
    const parent = fresh()
    row.register(parent)
    const resolved = parent.createChildContainer().resolve('t')
    expect(raw(parent)._registry.getAll('t')[0]?.instance === resolved).toBe(row.heldByChildResolve)
  })

  it('is hidden by a registration of the child', () => {
    const parent = fresh()
    row.register(parent)
    const child = parent.createChildContainer()
    const own = { the: "child's" }
    child.registerInstance('t', own)
    expect(child.resolve('t')).toBe(own)
    // a child begins with copies of what is scoped to a container
    expect(child.resolveAll('t')).toHaveLength(row.lifetime === 'container scoped' ? 2 : 1)
    expect(child.resolveAll('t').at(-1)).toBe(own)
    expect(parent.isRegistered('t')).toBe(true)
  })

  it('gives way to a later registration of its token, but stays among all of it', () => {
    const container = fresh()
    row.register(container)
    const later = { registered: 'later' }
    container.registerInstance('t', later)
    expect(container.resolve('t')).toBe(later)
    expect(container.resolveAll('t')).toHaveLength(2)
    expect(container.resolveAll('t')[1]).toBe(later)
  })
})

describe('tsyringe: what Keelson reads of a container', () => {
  it('has a registry of entries, token to registrations, and a parent', () => {
    const parent = fresh()
    const child = parent.createChildContainer()
    parent.register('t', { useClass: Part })
    expect(raw(child).parent).toBe(parent)
    expect(raw(parent).parent).toBe(globalContainer)
    const entries = [...raw(parent)._registry.entries()]
    expect(entries).toHaveLength(1)
    expect(entries[0]?.[0]).toBe('t')
    expect(entries[0]?.[1][0]?.provider).toEqual({ useClass: Part })
    expect(entries[0]?.[1][0]?.options).toEqual({ lifecycle: Lifecycle.Transient })
  })

  it('writes an empty entry for each token that it is asked for in vain; its map can be read without', () => {
    const container = fresh()
    raw(container)._registry.has('nothing')
    expect([...raw(container)._registry.entries()]).toEqual([['nothing', []]])
    expect(raw(container)._registry._registryMap).toBeInstanceOf(Map)
    expect(raw(container)._registry._registryMap.get('something else')).toBeUndefined()
    expect([...raw(container)._registry.entries()]).toHaveLength(1)
  })

  it('copies container scoped registrations into a child, and a reset of the child forgets the copies', () => {
    const parent = fresh()
    parent.register('t', { useClass: Part }, { lifecycle: Lifecycle.ContainerScoped })
    const child = parent.createChildContainer()
    expect(raw(child)._registry.getAll('t')[0]).not.toBe(raw(parent)._registry.getAll('t')[0])
    child.reset()
    expect([...raw(child)._registry.entries()]).toEqual([])
    expect(raw(parent)._registry.getAll('t')).toHaveLength(1)
  })

  it('lets resolve and resolveAll of a container be replaced on the object, which its factories then get', () => {
    const child = fresh()
    const asked: unknown[] = []
    Object.defineProperty(child, 'resolve', { value: (token: unknown) => asked.push(token) })
    const factory = (c: DependencyContainer) => c.resolve('x')
    factory(child)
    expect(asked).toEqual(['x'])
  })

  it('keeps no parameter types but in the map of its container module, which can be required', () => {
    const require = createRequire(import.meta.url)
    const { typeInfo } = require('tsyringe/dist/cjs/dependency-container.js') as {
      typeInfo: Map<unknown, unknown[]>
    }
    @injectable()
    class NoParameters {}
    class Unmarked {}
    expect(typeInfo.get(NoParameters)).toEqual([])
    expect(typeInfo.has(Unmarked)).toBe(false)
  })

  it('writes descriptors of @inject, @injectAll and delay into metadata, own to the class', () => {
    const delayed = delay(() => Part)
    @injectable()
    class Asking {
      constructor(
        @inject('one') readonly one: unknown,
        @injectAll('many', { isOptional: true }) readonly many: unknown[],
        @inject(delayed) readonly later: unknown,
        readonly plain: Part
      ) {}
    }
    class Heir extends Asking {}
    expect(Reflect.getOwnMetadata('injectionTokens', Asking)).toEqual({
      0: { token: 'one', multiple: false, isOptional: undefined },
      1: { token: 'many', multiple: true, isOptional: true },
      2: { token: delayed, multiple: false, isOptional: undefined }
    })
    expect(Reflect.getOwnMetadata('injectionTokens', Heir)).toBeUndefined()
  })

  it('mutates the emitted parameter types of an @injectable() class', () => {
    @injectable()
    class Asking {
      constructor(
        @inject('one') readonly one: unknown,
        readonly plain: Part
      ) {}
    }
    expect(Reflect.getOwnMetadata('design:paramtypes', Asking)).toEqual([
      { token: 'one', multiple: false, isOptional: undefined },
      Part
    ])
  })

  it('gives delayed constructors one class, which delay() tells, with the thunk in `wrap`', () => {
    const delayed = delay(() => Part)
    expect(delayed.constructor).toBe(delay(() => Part).constructor)
    expect((delayed as unknown as { wrap: () => unknown }).wrap()).toBe(Part)
    const proxy: object = delayed.createProxy(() => new Part())
    expect(proxy).not.toBeInstanceOf(Array)
    expect(proxy).toBeInstanceOf(Part)
  })
})

describe('tsyringe: what its decorators register', () => {
  it('@singleton() registers with the global container, @injectable() does not', () => {
    @singleton()
    class One {}
    expect(globalContainer.isRegistered(One)).toBe(true)
    expect(globalContainer.isRegistered(Part)).toBe(false)
    expect(raw(globalContainer)._registry.getAll(One)[0]?.options.lifecycle).toBe(Lifecycle.Singleton)
  })

  it('@injectable({ token }) registers a transient class under the token', () => {
    const token = Symbol('token')
    @injectable({ token })
    class Named {}
    expect(globalContainer.resolve(token)).toBeInstanceOf(Named)
    expect(globalContainer.resolve(token)).not.toBe(globalContainer.resolve(token))
  })

  it('@scoped(ContainerScoped) registers with the global container', () => {
    @scoped(Lifecycle.ContainerScoped)
    class PerContainer {}
    expect(raw(globalContainer)._registry.getAll(PerContainer)[0]?.options.lifecycle).toBe(
      Lifecycle.ContainerScoped
    )
  })

  it('a singleton class registered as a singleton under another token too is two instances', () => {
    @singleton()
    class One {}
    const container = fresh()
    container.registerSingleton('one', One as never)
    expect(container.resolve('one')).not.toBe(container.resolve(One))
  })

  it('a predicate factory resolves one of two classes by its container', () => {
    class Other {}
    const container = fresh()
    container.register('t', { useFactory: predicateAwareClassFactory<object>(() => true, Part, Other) })
    expect(container.resolve('t')).toBeInstanceOf(Part)
  })
})

describe('tsyringe: why Keelson does not let it construct', () => {
  it('gives undefined to an heir without metadata instead of failing', () => {
    class Base {
      constructor(readonly part?: Part) {}
    }
    class Heir extends Base {}
    expect(Heir).toHaveLength(0)
    expect(fresh().resolve(Heir).part).toBeUndefined()
  })

  it('injects the promise of an async factory', () => {
    const container = fresh()
    container.register('t', { useFactory: async () => 'value' })
    expect(container.resolve('t')).toBeInstanceOf(Promise)
  })

  it('lets a child write the instance that it constructed into the registration of its parent', () => {
    @singleton()
    class One {}
    const one = fresh().resolve(One)
    expect(globalContainer.resolve(One)).toBe(one)
  })
})
