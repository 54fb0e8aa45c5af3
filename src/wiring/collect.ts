import type { DependencyContainer } from '../container/index.js'
import { type Problem, StartError } from '../errors/index.js'
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
import { type Binding, ModuleNode } from './module-node.js'
import { type Fault, readProvider } from './read-provider.js'
import { toProblem } from './to-problem.js'

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
  /** Tokens that {@link AssemblyPort.ambient} answers for. */
  readonly ambientTokens?: ReadonlySet<Token> | undefined
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
 * @throws StartError when a promise of a dynamic module rejects
 */
export async function collect(root: unknown, options: CollectOptions = {}): Promise<ModuleTree> {
  return new Collector(options).collect(root)
}

class Collector {
  readonly #options: CollectOptions
  readonly #problems: Problem[] = []
  /** By class or dynamic module. */
  readonly #nodes = new Map<object, ModuleNode>()
  /** Found, their imports not read yet. */
  readonly #open: { readonly node: ModuleNode; readonly raw: RawModule }[] = []
  readonly #exports: { readonly node: ModuleNode; readonly entries: readonly unknown[] }[] = []

  constructor(options: CollectOptions) {
    this.#options = options
  }

  async collect(given: unknown): Promise<ModuleTree> {
    const root = await this.#root(given)
    for (let next = this.#open.shift(); next !== undefined; next = this.#open.shift()) {
      await this.#import(next.node, next.raw.imports)
    }
    for (const { node, entries } of this.#exports) this.#export(node, entries)
    const modules = inOrder(root)
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
    const root = isPromise(given) ? await given : given
    if (this.#isModule(root)) return (await this.#module(root, undefined, 'the root'))!
    const parts = Array.isArray(root) ? (root as unknown[]) : root === undefined ? [] : [root]
    const first = parts.find((part) => part !== undefined && part !== null)
    const own = isClass(first)
      ? tokenName(first)
      : isObject(first)
        ? tokenName(first.constructor)
        : 'Application'
    const node = new ModuleNode({ name: this.#options.name ?? own })
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
      const spec = {
        kind: 'class',
        description: describe(part),
        lifetime: undefined,
        name: undefined
      } as const
      if (!root.own.has(part)) root.add({ token: part, module: root, spec, multi: false })
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
    let value = entry
    try {
      if (typeof value === 'function' && !isClass(value)) value = (value as () => unknown)()
      if (isPromise(value)) value = await value
    } catch (cause) {
      const service = importer?.name ?? where
      throw new StartError({
        service,
        path: importer?.path(),
        phase: where,
        cause,
        location: importer?.location
      })
    }
    const replaced = isClass(value) ? value : isDynamic(value) ? value.module : undefined
    const replacement = this.#options.overrideModules?.get(replaced as ModuleClass)
    if (replacement !== undefined) value = replacement
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

  #take(value: unknown, importer: ModuleNode | undefined): ModuleNode {
    const dynamic = isDynamic(value) ? value : undefined
    const cls = (dynamic?.module ?? value) as ModuleClass
    const { module: own = {}, name, location } = describe(cls as never)
    const node = new ModuleNode({
      class: cls,
      name,
      location,
      importer,
      supervisor: own.supervisor,
      global: dynamic?.global ?? own.global ?? false
    })
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
    for (const entry of raw.imports) if (isPromise(entry)) entry.then(undefined, () => {})
    this.#provide(node, raw.providers)
    this.#exports.push({ node, entries: raw.exports })
    this.#open.push({ node, raw })
    return node
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
    for (const [index, entry] of entries.entries()) {
      const read = readProvider(entry, () => `providers[${index}] of ${node.name}`)
      if ('code' in read) this.#report(node, read)
      // the same class listed twice is one provider
      else if (entry !== read.token || node.own.get(read.token)?.some(isPlain) !== true) {
        addBinding(node, { ...read, module: node })
      }
    }
  }

  #export(node: ModuleNode, entries: readonly unknown[]): void {
    for (const [index, given] of entries.entries()) {
      const where = `exports[${index}] of ${node.name}`
      let entry = given
      if (typeof entry === 'function' && !isClass(entry)) entry = (entry as () => unknown)()
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
    const passed = isDynamic(entry)
      ? node.imports.filter((module) => module === this.#nodes.get(entry))
      : node.imports.filter((module) => module.class === entry || module === this.#nodes.get(entry as object))
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
    for (const [index, entry] of (this.#options.providers ?? []).entries()) {
      const read = readProvider(entry, () => `providers[${index}] of the application`)
      if ('code' in read) {
        this.#report(root, read)
        continue
      }
      const replaced = modules.find((module) => module.own.has(read.token))
      const multi = read.multi || replaced?.own.get(read.token)?.some((binding) => binding.multi) === true
      const binding: Binding = { ...read, multi, module: replaced ?? root, override: true }
      const same = overrides.get(read.token)
      if (same === undefined) overrides.set(read.token, [binding])
      // as with tests: what is given later is meant
      else if (multi) same.push(binding)
      else overrides.set(read.token, [binding])
    }
    return overrides
  }

  #report(module: ModuleNode | undefined, fault: Fault): void {
    this.#problems.push(toProblem(fault, { path: module?.path() ?? [], location: module?.location }))
  }
}

/** Takes in a provider, and the further token that a service says it answers to. */
function addBinding(node: ModuleNode, binding: Binding): void {
  node.add(binding)
  const further = furtherToken(binding)
  if (further === undefined) return
  node.add({ token: further, module: node, spec: { kind: 'alias', token: binding.token }, multi: false })
}

function addExport(node: ModuleNode, token: Token): void {
  node.exports.add(token)
  for (const binding of node.own.get(token) ?? []) {
    const further = furtherToken(binding)
    if (further !== undefined) node.exports.add(further)
  }
}

function furtherToken(binding: Binding): Token | undefined {
  const { spec, token } = binding
  const further = spec.kind === 'class' ? spec.description.service?.provide : undefined
  return further === token || !isPlain(binding) ? undefined : further
}

/** Is it a class listed as it stands? */
function isPlain({ token, spec }: Binding): boolean {
  return (
    spec.kind === 'class' &&
    spec.description.class === token &&
    spec.lifetime === undefined &&
    spec.name === undefined
  )
}

/** Depth first, imports before importers, each once; without recursion, since nobody limits the depth. */
function inOrder(root: ModuleNode): ModuleNode[] {
  const order: ModuleNode[] = []
  const seen = new Set([root])
  const path = [{ module: root, next: 0 }]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const imported = top.module.imports[top.next++]
    if (imported === undefined) {
      path.pop()
      top.module.index = order.length
      order.push(top.module)
    } else if (!seen.has(imported)) {
      seen.add(imported)
      path.push({ module: imported, next: 0 })
    }
  }
  return order
}

function notAModule(value: unknown, where: string): Fault {
  const code = 'KEEL_NOT_A_MODULE'
  if (value === undefined) {
    return {
      code,
      message: `${where} is undefined`,
      hint: 'The files import each other: write () => TheModule.'
    }
  }
  if (isDynamic(value)) {
    return {
      code,
      message: `${where} is a dynamic module of ${nameOf(value.module)}, which is no module`,
      hint: isClass(value.module)
        ? `Mark ${tokenName(value.module)} with @Module().`
        : 'Give { module: TheClass, … }.'
    }
  }
  if (!isClass(value)) return { code, message: `${where} is ${nameOf(value)}, which is no module` }
  const isProvider = describe(value).service !== undefined || describe(value).injectable !== undefined
  return {
    code,
    message: `${where} is ${tokenName(value)}, which is no module`,
    hint: isProvider
      ? `List ${tokenName(value)} among providers, not imports.`
      : `Mark ${tokenName(value)} with @Module(), or list it among providers.`
  }
}

function isModuleClass(value: unknown): boolean {
  return isClass(value) && describe(value).module !== undefined
}

function isDynamic(value: unknown): value is {
  readonly module: ModuleClass
  readonly imports?: unknown
  readonly providers?: unknown
  readonly exports?: unknown
  readonly global?: boolean
} {
  return isObject(value) && !isToken(value) && 'module' in value && !('provide' in value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && 'then' in value && typeof value.then === 'function'
}

function nameOf(value: unknown): string {
  return Array.isArray(value) ? 'an array' : tokenName(value)
}
