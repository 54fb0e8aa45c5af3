import type { DependencyContainer, Lifecycle } from 'tsyringe'
import { ConfigurationError } from '../errors/index.js'
import { isDelayedClass } from '../metadata/index.js'
import { isClass } from '../tokens/index.js'

/**
 * How long tsyringe keeps an instance: new each time, one for all, one per container, or one for everything that
 * a single resolve constructs.
 */
export type RegistrationLifetime = 'transient' | 'singleton' | 'container' | 'resolution'

/** One registration of a tsyringe container, in our words. */
export interface Registration {
  /** What this registration is recognised by. */
  readonly key: object
  readonly kind: 'class' | 'value' | 'factory' | 'alias'
  readonly lifetime: RegistrationLifetime
  /** The class, the value, the factory, or the other token; the first and last may be {@link isDelayedClass delayed}. */
  readonly target: unknown
  /** The instance that the container holds already; `undefined` when it holds none. */
  readonly held: unknown
}

/** What tsyringe keeps under a token. */
interface RawRegistration {
  readonly provider: {
    readonly useClass?: unknown
    readonly useValue?: unknown
    readonly useToken?: unknown
    readonly useFactory?: unknown
  }
  readonly options: { readonly lifecycle: Lifecycle }
  readonly instance?: unknown
}

/** The part of tsyringe's container that its types keep private. `test/container/tsyringe-interop.test.ts` holds it to this. */
interface RawContainer {
  readonly parent?: RawContainer
  readonly _registry: { readonly _registryMap: ReadonlyMap<unknown, readonly RawRegistration[]> }
}

/** Its numbers, and not its names: whoever brings a container has loaded tsyringe, 70 files; others need not. */
const LIFETIMES: Readonly<Record<Lifecycle, RegistrationLifetime>> = {
  0: 'transient',
  1: 'singleton',
  2: 'resolution',
  3: 'container'
}

/**
 * The registrations that a tsyringe container and its parents hold, read but never written. They are looked up
 * when asked for, so that one made later is seen too.
 */
export class Registry {
  /** Nearest first. */
  readonly #levels: readonly RawContainer[]
  readonly #read = new WeakMap<object, Registration>()

  /**
   * @throws ConfigurationError `KEEL_INVALID_OPTION` when it is not a container of tsyringe, or of a release
   * whose registrations cannot be read
   */
  constructor(container: DependencyContainer) {
    const levels: RawContainer[] = []
    let at: unknown = container
    do {
      if (!isReadable(at)) {
        throw new ConfigurationError('KEEL_INVALID_OPTION', {
          message: 'container must be a container of tsyringe 4, whose registrations can be read',
          hint: "Give tsyringe's own `container`, or what its createChildContainer() returned."
        })
      }
      levels.push(at)
      at = at.parent
    } while (at !== undefined && at !== null)
    this.#levels = levels
  }

  /** Every registration under a token, in order, of the nearest container that has any. */
  registrations(token: unknown): readonly Registration[] {
    for (const level of this.#levels) {
      const found = level._registry._registryMap.get(token)
      if (found !== undefined && found.length > 0) return found.map((raw) => this.#registration(raw))
    }
    return []
  }

  /** Every token that something is registered under. */
  tokens(): Set<unknown> {
    const tokens = new Set<unknown>()
    for (const level of this.#levels) {
      for (const [token, found] of level._registry._registryMap) if (found.length > 0) tokens.add(token)
    }
    return tokens
  }

  #registration(raw: RawRegistration): Registration {
    let registration = this.#read.get(raw)
    if (registration === undefined) this.#read.set(raw, (registration = new ReadRegistration(raw)))
    return registration
  }
}

class ReadRegistration implements Registration {
  readonly kind: Registration['kind']
  readonly lifetime: RegistrationLifetime
  readonly target: unknown

  readonly key: RawRegistration

  constructor(raw: RawRegistration) {
    const { useClass, useFactory, useToken, useValue } = raw.provider
    this.key = raw
    this.lifetime = LIFETIMES[raw.options.lifecycle]
    // in the order in which tsyringe looks
    if (useValue !== undefined && useValue !== null) [this.kind, this.target] = ['value', useValue]
    else if (useToken) [this.kind, this.target] = ['alias', useToken]
    else if (isClass(useClass) || isDelayedClass(useClass)) [this.kind, this.target] = ['class', useClass]
    else if (useFactory) [this.kind, this.target] = ['factory', useFactory]
    // { useValue: null } is taken for a class by tsyringe, and then fails; here it is what was meant
    else [this.kind, this.target] = ['value', valueInside(useClass)]
  }

  get held(): unknown {
    // tsyringe, too, takes a falsy instance for none
    return this.key.instance || undefined
  }
}

function valueInside(useClass: unknown): unknown {
  return typeof useClass === 'object' && useClass !== null && 'useValue' in useClass
    ? useClass.useValue
    : useClass
}

function isReadable(value: unknown): value is RawContainer {
  if (typeof value !== 'object' || value === null) return false
  const { _registry } = value as Partial<RawContainer>
  return _registry?._registryMap instanceof Map
}
