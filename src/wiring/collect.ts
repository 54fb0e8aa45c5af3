import type { DependencyContainer } from '../container/index.js'
import { isThenable, type Problem, StartError, unknownOption } from '../errors/index.js'
import { describe } from '../metadata/index.js'
import {
  type Class,
  type DynamicModule,
  isClass,
  isToken,
  type ModuleClass,
  type Provider,
  type Token,
  tokenName
} from '../tokens/index.js'
import type { BuildWatch } from './build-watch.js'
import { addBinding, addExport, furtherBinding, isPlain } from './list-provider.js'
import { type DynamicEntry, isDynamic, isModuleClass, isObject, nameOf, notAModule } from './module-entry.js'
import { type Binding, ListedClass, ModuleNode } from './module-node.js'
import { orderModules } from './order-modules.js'
import { type Fault, readListed, readProvider, type RefusedProvider } from './read-provider.js'
import { toProblem } from './to-problem.js'
import { unwrap } from './unwrap.js'

/**
 * What an application can be made of: a module class, a dynamic module or the promise of one, a service class, an
 * instance of `ServiceBase`, or an array of the last two.
 */
export type Root = ModuleClass | DynamicModule | Promise<DynamicModule> | object | readonly (Class | object)[]

/** What an application is made from, beside its root. */
export interface CollectOptions {
  /** Of the application; a root made up for services is called so. */
  readonly name?: string | undefined
  /** Replace whatever modules provide under the same tokens, and are visible everywhere. */
  readonly providers?: readonly Provider[] | undefined
  /** A tsyringe container whose registrations are to be seen. */
  readonly container?: DependencyContainer | undefined
  /** Modules to take instead of others. */
  readonly overrideModules?: ReadonlyMap<ModuleClass, unknown> | undefined
  /** Supplies what nothing provides, unless it answers `undefined`. */
  readonly mocker?: ((token: Token) => unknown) | undefined
  /** Construct only these, and what they need. */
  readonly only?: readonly Token[] | undefined
  /** Where what is missing can be added, when there is no module: `'the second argument of construct()'`. */
  readonly missingGoesTo?: string | undefined
  /** All of it is one scope: what is `scoped` is made once, as a singleton is. */
  readonly isOneScope?: boolean | undefined
  /** Looks on while dynamic modules are awaited, and may end that. */
  readonly watch?: BuildWatch | undefined
  /** Tokens that {@link AssemblyPort.ambient} answers for. */
  readonly ambientTokens?: ReadonlySet<Token> | undefined
  /** Those of them of which each service has its own: they are injected, and cannot be had by `get()`. */
  readonly ownTokens?: ReadonlySet<Token> | undefined
  /** Has this instance, or the prototype of this class, a lifecycle without being marked? Default: none has. */
  readonly isServiceInstance?: ((value: object) => boolean) | undefined
  /** The name that a service instance was given by its maker, not the one it has by default. */
  readonly instanceName?: ((value: object) => string | undefined) | undefined
}

/** The modules of an application, read; what is wrong with them is in `problems`. */
export interface ModuleTree {
  /** The name given, else that of the root. */
  readonly name: string
  readonly root: ModuleNode
  /** Those that are imported come before those that import them. */
  readonly modules: readonly ModuleNode[]
  /** The application's own providers, by token. */
  readonly overrides: ReadonlyMap<Token, readonly Binding[]>
  readonly problems: readonly Problem[]
  readonly options: CollectOptions
}

/** What a class or a dynamic module says, entries not yet read. */
interface RawModule {
  readonly imports: readonly unknown[]
  readonly providers: readonly unknown[]
  readonly exports: readonly unknown[]
}

/**
 * Reads the modules of an application, from the root on: awaits those that are promised, reads every provider.
 * Nothing is looked up yet, and what is wrong is noted, not thrown.
 *
 * @param root a module class, a dynamic module or the promise of one, a service class, an instance of one, an array
 * of the last two; `undefined` when `only` says what to construct
 * @throws StartError when a promise of a dynamic module rejects, or does not settle before the watch ends that; when it was
 * abandoned before, the reason of that
 */
export async function collect(root: unknown, options: CollectOptions = {}): Promise<ModuleTree> {
  return new Collector(options).collect(root)
}

/** An application of no module: only what is provided besides, and nothing to wait for. */
export function collectNothing(options: CollectOptions): ModuleTree {
  return new Collector(options).finish(new ModuleNode({ name: options.name ?? 'Application' }))
}

const DYNAMIC_KEYS = [
  'module',
  'imports',
  'providers',
  'exports',
  'global'
] as const satisfies (keyof DynamicModule)[]

class Collector {
  readonly #options: CollectOptions
  readonly #problems: Problem[] = []
  /** By class or dynamic module. */
  readonly #nodes = new Map<object, ModuleNode>()
  /** Found, their imports not read yet. */
  readonly #open: { readonly node: ModuleNode; readonly imports: readonly unknown[] }[] = []
  /** Met, and taken as something else. */
  readonly #replacedModules = new Set<unknown>()
  readonly #exports: { readonly node: ModuleNode; readonly entries: readonly unknown[] }[] = []

  constructor(options: CollectOptions) {
    this.#options = options
  }

  async collect(given: unknown): Promise<ModuleTree> {
    const root = await this.#root(given)
    // what is found on the way is appended, and met later
    for (const { node, imports } of this.#open) await this.#import(node, imports)
    this.#options.watch?.abandoned?.throwIfAborted()
    for (const { node, entries } of this.#exports) this.#export(node, entries)
    this.#checkReplaced(root)
    return this.finish(root)
  }

  finish(root: ModuleNode): ModuleTree {
    const modules = orderModules(root)
    return {
      name: this.#options.name ?? root.name,
      root,
      modules,
      overrides: this.#overrides(root, modules),
      problems: this.#problems,
      options: this.#options
    }
  }

  async #root(given: unknown): Promise<ModuleNode> {
    const root = await this.#settle(given, undefined, 'the root')
    if (this.#isModule(root)) {
      const module = await this.#module(root, undefined, 'the root')
      // what is no module after all has been reported
      return module ?? new ModuleNode({ name: this.#options.name ?? 'Application' })
    }
    const sliced = root === undefined && this.#options.only !== undefined
    const parts = Array.isArray(root) ? (root as unknown[]) : sliced ? [] : [root]
    const node = new ModuleNode({ name: this.#options.name ?? nameOfFirst(parts) })
    for (const [index, part] of parts.entries()) {
      const where = Array.isArray(root) ? `entry ${index} of the root` : 'the root'
      if (this.#isModule(part)) {
        const imported = await this.#module(part, node, where)
        if (imported !== undefined) node.imports.push(imported)
      } else this.#rootService(node, part, where)
    }
    return node
  }

  #rootService(root: ModuleNode, part: unknown, where: string): void {
    if (isClass(part) && (describe(part).service !== undefined || this.#isService(part.prototype))) {
      if (!root.lists(part)) root.add(new ListedClass(root, describe(part)))
    } else if (isObject(part) && this.#isService(part)) {
      const token = part.constructor as Token
      const same = root.bindings.some(({ spec }) => spec.kind === 'value' && spec.value === part)
      // instances of one class are several of a kind, not rivals
      if (!same) root.add({ token, module: root, spec: { kind: 'value', value: part }, multi: true })
    } else {
      this.#report(root, {
        code: 'KEEL_NOT_A_MODULE',
        message: `${where} is ${nameOf(part)}, which is neither a module nor a service`,
        hint: isClass(part)
          ? `Mark ${tokenName(part)} with @Module() or @Service().`
          : 'Give a class marked @Module() or @Service(), a dynamic module, or an instance of ServiceBase.'
      })
    }
  }

  #isService(value: unknown): boolean {
    return isObject(value) && this.#options.isServiceInstance?.(value) === true
  }

  #isModule(value: unknown): boolean {
    return isModuleClass(value) || (isDynamic(value) && !this.#isService(value))
  }

  async #import(node: ModuleNode, entries: readonly unknown[]): Promise<void> {
    for (const [index, entry] of entries.entries()) {
      const imported = await this.#module(entry, node, `imports[${index}] of ${node.name}`)
      if (imported !== undefined) node.imports.push(imported)
    }
  }

  /** The node of an entry of `imports`. */
  async #module(
    entry: unknown,
    importer: ModuleNode | undefined,
    where: string
  ): Promise<ModuleNode | undefined> {
    const value = this.#replaced(await this.#settle(entry, importer, where))
    if (!this.#isModule(value) || (isDynamic(value) && !isModuleClass(value.module))) {
      this.#report(importer, notAModule(value, where))
      return undefined
    }
    const key = value as object
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const node = this.#take(value, importer)
    this.#nodes.set(key, node)
    return node
  }

  /** What a function or a promise gives. */
  async #settle(entry: unknown, importer: ModuleNode | undefined, where: string): Promise<unknown> {
    const { name = 'Application', watch } = this.#options
    watch?.abandoned?.throwIfAborted()
    const what = { service: importer?.name ?? name, phase: where }
    let settled: (() => void) | undefined
    try {
      const given = typeof entry === 'function' && !isClass(entry) ? (entry as () => unknown)() : entry
      if (!isThenable(given)) return given
      settled = watch?.awaits?.(what)
      return await unlessAborted(given, watch?.signal)
    } catch (cause) {
      if (watch?.abandoned?.aborted === true) {
        if (watch.signal?.aborted !== true) watch.failed?.({ ...what, error: cause })
        throw watch.abandoned.reason
      }
      throw new StartError({ ...what, path: importer?.path(), cause, location: importer?.location })
    } finally {
      settled?.()
    }
  }

  /** What is to be taken instead. */
  #replaced(value: unknown): unknown {
    const cls = isDynamic(value) ? value.module : value
    const other = this.#options.overrideModules?.get(cls as ModuleClass)
    if (other !== undefined) this.#replacedModules.add(cls)
    return other ?? value
  }

  #checkReplaced(root: ModuleNode): void {
    for (const module of this.#options.overrideModules?.keys() ?? []) {
      if (this.#replacedModules.has(module)) continue
      this.#report(root, {
        code: 'KEEL_INVALID_OPTION',
        message: `${nameOf(module)} is to be replaced by another module, but nothing imports it`,
        hint: 'Name the class of a module that is imported, or leave that out; override(token) replaces what a module provides.'
      })
    }
  }

  #take(value: unknown, importer: ModuleNode | undefined): ModuleNode {
    const dynamic: DynamicEntry | undefined = isDynamic(value) ? value : undefined
    const cls = (dynamic?.module ?? value) as ModuleClass
    const { module: own = {}, name, location } = describe(cls as never)
    const node = new ModuleNode({
      class: cls,
      name,
      location,
      importer,
      supervisor: own.supervisor,
      isDynamic: dynamic !== undefined,
      global: (dynamic?.global ?? own.global) === true
    })
    if (dynamic !== undefined) this.#checkDynamic(node, dynamic)
    const lists = (key: keyof RawModule): unknown[] => [
      ...(own[key] ?? []),
      ...this.#list(node, dynamic?.[key], key)
    ]
    const raw: RawModule = {
      imports: lists('imports'),
      providers: lists('providers'),
      exports: lists('exports')
    }
    // one that rejects before its turn is not unhandled
    for (const entry of raw.imports) if (isThenable(entry)) entry.then(undefined, () => {})
    this.#provide(node, raw.providers)
    this.#exports.push({ node, entries: raw.exports })
    this.#open.push({ node, imports: raw.imports })
    return node
  }

  #checkDynamic(node: ModuleNode, dynamic: DynamicEntry): void {
    const what = `the dynamic module ${node.name}`
    const unknown = unknownOption(dynamic, DYNAMIC_KEYS, what)
    if (unknown !== undefined) this.#report(node, { code: 'KEEL_INVALID_OPTION', ...unknown })
    if (dynamic.global === undefined || typeof dynamic.global === 'boolean') return
    this.#report(node, {
      code: 'KEEL_INVALID_OPTION',
      message: `global of ${what} must be true or false, but is ${nameOf(dynamic.global)}`
    })
  }

  #list(node: ModuleNode, given: unknown, key: string): readonly unknown[] {
    if (given === undefined || Array.isArray(given)) return (given as unknown[] | undefined) ?? []
    this.#report(node, {
      code: 'KEEL_INVALID_OPTION',
      message: `${key} of the dynamic module ${node.name} must be an array, but is ${nameOf(given)}`
    })
    return []
  }

  #provide(node: ModuleNode, entries: readonly unknown[]): void {
    let at = 0
    const place = (): string => `providers[${at}] of ${node.name}`
    for (; at < entries.length; at++) {
      const entry = entries[at]
      const read = isClass(entry) ? readListed(entry, place) : readProvider(entry, place)
      if ('code' in read) {
        this.#report(node, read)
        if (read.meant !== undefined) node.add(standIn(read.meant, node))
      } else if ('spec' in read) addBinding(node, { ...read, module: node })
      // the same class listed twice is one provider
      else if (!node.own(read.class).some(isPlain)) addBinding(node, new ListedClass(node, read))
    }
  }

  #export(node: ModuleNode, entries: readonly unknown[]): void {
    for (const [index, given] of entries.entries()) {
      const where = `exports[${index}] of ${node.name}`
      const entry = typeof given === 'function' && !isClass(given) ? unwrap(given as () => Token) : given
      if (this.#isModule(entry)) this.#passOn(node, entry, where)
      else {
        const token = isObject(entry) && 'provide' in entry && !isToken(entry) ? entry.provide : entry
        if (isToken(token)) addExport(node, token)
        else {
          this.#report(node, {
            code: 'KEEL_INVALID_PROVIDER',
            message: `${where} is ${nameOf(entry)}, which is no token`,
            hint: 'Export a token that the module provides; an undefined one is an import cycle between files.'
          })
        }
      }
    }
  }

  #passOn(node: ModuleNode, entry: unknown, where: string): void {
    const meant = this.#replaced(entry)
    const known = this.#nodes.get(meant as object)
    const passed = node.imports.filter((module) => module === known || module.class === meant)
    if (passed.length > 0) {
      node.passedOn.push(...passed)
      return
    }
    const name = tokenName(isDynamic(entry) ? entry.module : entry)
    this.#report(node, {
      code: 'KEEL_NOT_EXPORTED',
      message: `${where} is the module ${name}, which ${node.name} does not import`,
      hint: `Add ${name} to the imports of ${node.name}.`
    })
  }

  #overrides(root: ModuleNode, modules: readonly ModuleNode[]): Map<Token, Binding[]> {
    const overrides = new Map<Token, Binding[]>()
    const add = (given: Binding): void => {
      const { token } = given
      const replaced = modules.find((module) => module.lists(token))
      const multi = given.multi || replaced?.own(token).some((binding) => binding.multi) === true
      const binding: Binding = { ...given, multi, module: replaced ?? root, override: true }
      const same = overrides.get(token)
      if (same === undefined) overrides.set(token, [binding])
      // as with tests: what is given later is meant
      else if (multi) same.push(binding)
      else overrides.set(token, [binding])
    }
    for (const [index, entry] of (this.#options.providers ?? []).entries()) {
      const read = readProvider(entry, () => `providers[${index}] of the application`)
      if ('code' in read) this.#report(root, read)
      const given = 'spec' in read ? { ...read, module: root } : read.meant && standIn(read.meant, root)
      if (given === undefined) continue
      add(given)
      const further = furtherBinding(given)
      if (further !== undefined) add(further)
      // what stands in for a service that no module lists answers to its further token too, as it does for one that is listed
      const { token } = given
      const meant = isClass(token) ? describe(token).service?.provide : undefined
      if (meant === undefined || overrides.has(meant) || modules.some((module) => module.lists(meant)))
        continue
      add({ token: meant, module: root, spec: { kind: 'alias', token }, multi: false })
    }
    return overrides
  }

  #report(module: ModuleNode | undefined, fault: Fault): void {
    this.#problems.push(toProblem(fault, { path: module?.path() ?? [], location: module?.location }))
  }
}

/** Stands for a provider that was refused: nothing is made, and whoever needs it is not told that it is missing. */
function standIn({ token, multi }: NonNullable<RefusedProvider['meant']>, module: ModuleNode): Binding {
  return { token, multi, module, spec: { kind: 'value', value: undefined } }
}

function nameOfFirst(parts: readonly unknown[]): string {
  const first = parts.find((part) => isClass(part) || isObject(part))
  if (first === undefined) return 'Application'
  return tokenName(isClass(first) ? first : first.constructor)
}

/** What a promise gives, or the reason of the signal, whichever comes first. */
function unlessAborted(promise: PromiseLike<unknown>, signal: AbortSignal | undefined): PromiseLike<unknown> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abandon = (): void => reject(signal.reason as Error)
    if (signal.aborted) abandon()
    signal.addEventListener('abort', abandon)
    void promise.then(
      (value) => {
        signal.removeEventListener('abort', abandon)
        resolve(value)
      },
      (error: unknown) => {
        signal.removeEventListener('abort', abandon)
        reject(error)
      }
    )
  })
}
