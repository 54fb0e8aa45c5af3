import { isItselfOfAnotherCopy, nearNames, ONE_COPY } from '../errors/index.js'
import { isMarkedByTsyringe, type Registry } from '../container/index.js'
import { isClass, isOfPlatform, Lazy, type Token, tokenName } from '../tokens/index.js'
import type { ModuleTree } from './collect.js'
import type { Failure } from './failure.js'
import type { Binding, ModuleNode } from './module-node.js'
import type { Fault } from './read-provider.js'
import type { Visibility } from './visibility.js'
import { capital, list, placed, written } from './words.js'

/** What is known of the application when a failure is put into words. */
export interface Surroundings {
  readonly visibility: Visibility
  readonly registry: Registry | undefined
  readonly tree?: Pick<ModuleTree, 'options'>
  /** What else may be done than to provide it, unless that is to make it optional; '' for what cannot do without it. */
  readonly otherwise?: string
  /** Where it is to be provided, rather than in a module. */
  readonly goesFirstTo?: string | undefined
  /** What may have been meant by tokens that were missing before: thousands may need the same one. */
  readonly meant?: Map<Token, string | undefined>
}

/**
 * Puts into words why a dependency leads to nothing.
 *
 * @param clause who needs what, such as `Orders needs CLOCK`
 */
export function explainFailure(clause: string, failure: Failure, around: Surroundings): Fault {
  const [alias] = failure.through
  // what an alias leads to has to be there, whatever becomes of those who ask for the alias
  const fault = explain(clause, failure, alias === undefined ? around : { ...around, otherwise: '' })
  if (alias === undefined || failure.reason === 'alias-cycle') return fault
  const way = failure.through.map((each) => tokenName(each.token)).join(' → ')
  return { ...fault, message: `${fault.message}, by way of the alias ${way} of ${alias.module.name}` }
}

function explain(clause: string, failure: Failure, around: Surroundings): Fault {
  const { token, view } = failure
  switch (failure.reason) {
    case 'missing':
      return {
        code: 'KEEL_MISSING_PROVIDER',
        message: `${clause}, which nothing provides`,
        hint: howToProvide(token!, view, around)
      }
    case 'hidden':
      return explainHidden(clause, token!, view, failure.bindings)
    case 'ambiguous':
      return explainRivals(clause, token!, view, failure.bindings)
    case 'several':
      return {
        code: 'KEEL_DUPLICATE_PROVIDER',
        message: `${clause}, which has ${failure.bindings.length} providers, all of them multi`,
        hint: `Ask for all(${written(token!)}).`
      }
    case 'not-multi':
      return {
        code: 'KEEL_MISSING_PROVIDER',
        message: `${clause}, but its provider in ${list(moduleNames(failure.bindings))} is not marked multi: true`,
        hint: `Mark it multi: true, or ask for ${written(token!)} itself.`
      }
    case 'alias-cycle': {
      const way = [...failure.through, failure.through[0]!].map((each) => tokenName(each.token)).join(' → ')
      return {
        code: 'KEEL_DEPENDENCY_CYCLE',
        message: `${clause}, an alias that leads back to itself: ${way}`,
        hint: 'Let one of them provide a value of its own.'
      }
    }
    case 'undefined':
      return {
        code: 'KEEL_MISSING_PROVIDER',
        message: `${clause}, and that function gives no token`,
        hint: 'Give () => TheClass, exported under that name, and not async; a class that is undefined even now is never evaluated.'
      }
  }
}

function howToProvide(token: Token, view: ModuleNode, around: Surroundings): string {
  const { tree, registry, otherwise = 'make it optional', goesFirstTo } = around
  const name = tokenName(token)
  if (token === Lazy) {
    return 'Say what it is to give, which no type tells: @Inject(lazy(() => X)), or `x = inject(lazy(() => X))`.'
  }
  if (typeof token !== 'string' && typeof token !== 'symbol' && isItselfOfAnotherCopy(token)) {
    return `That is the ${name} of another copy of keelson, and not the one that is built in: ${ONE_COPY}.`
  }
  if (isClass(token) && isOfPlatform(token)) {
    return `${name} is built in, and no service: ask for a token of your own, @Inject(TOKEN), and provide { provide: TOKEN, … }.`
  }
  const near = nearTo(token, around)
  const meant = near === undefined ? 'Add' : `${near} Otherwise add`
  const module = view.class === undefined ? 'a module' : placed(view.name, view.location)
  const first = goesFirstTo === undefined ? '' : `${goesFirstTo}, or to `
  const place = tree?.options.missingGoesTo ?? `${first}the providers of ${module}`
  if (!isClass(token)) {
    return `${meant} { provide: ${written(token)}, … } to ${place}${otherwise === '' ? '' : `, or ${otherwise}`}.`
  }
  const hint = `${meant} ${name}, or { provide: ${name}, … }, to ${place}, or mark it with @Injectable().`
  return registry === undefined && isMarkedByTsyringe(token)
    ? `${hint} It is marked for tsyringe, whose registrations are seen when its container is given: { container }.`
    : hint
}

function nearTo(token: Token, { visibility, registry, meant }: Surroundings): string | undefined {
  if (meant?.has(token) === true) return meant.get(token)
  const names = [...namesBut(token, visibility.tokens()), ...namesBut(token, registry?.tokens() ?? [])]
  const near = perhapsMeant(tokenName(token), names)
  meant?.set(token, near)
  return near
}

/** A question, when something has the same name, or nearly so. */
export function perhapsMeant(name: string, names: readonly string[]): string | undefined {
  if (names.includes(name)) return `Did you mean ${name}? That is another token of the same name.`
  const near = nearNames(name, names)
  return near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`
}

function explainHidden(clause: string, token: Token, view: ModuleNode, bindings: readonly Binding[]): Fault {
  const modules = [...new Set(bindings.map((binding) => binding.module))]
  const exporting = modules.find((module) => module.exports.has(token))
  const goal = view.class === undefined ? undefined : view
  if (exporting !== undefined) {
    const twin = view.twinOf(exporting)
    if (twin !== undefined) return explainTwin(clause, exporting, twin, view)
    return {
      code: 'KEEL_MISSING_PROVIDER',
      message: `${clause}, which ${besideImports(exporting, view)} exports but ${view.name} does not import`,
      hint:
        goal === undefined ? `Boot a module that imports ${exporting.name}.` : howToImport(exporting, goal)
    }
  }
  const owner = modules[0]!
  const edits = [edit(written(token), 'exports', owner)]
  if (goal !== undefined && !goal.imports.includes(owner)) {
    const isTwin = goal.twinOf(owner) !== undefined
    edits.push(isTwin ? importing(owner, goal) : edit(owner.name, 'imports', goal))
  }
  const keep = modules.length > 1 ? 'have but do not' : 'has but does not'
  return {
    code: 'KEEL_NOT_EXPORTED',
    message: `${clause}, which ${list(modules.map((module) => module.name))} ${keep} export`,
    hint: `${capital(edits.join(' and '))}.`
  }
}

/** Who imports the plain class elsewhere means the dynamic module of it, as other frameworks take it. */
function explainTwin(clause: string, exporting: ModuleNode, twin: ModuleNode, view: ModuleNode): Fault {
  return {
    code: 'KEEL_MISSING_PROVIDER',
    message: `${clause}, which ${kindOf(exporting)} exports, but ${view.name} imports ${kindOf(twin, exporting)}, which is another module`,
    hint: exporting.isDynamic ? howToImport(exporting, view) : `${capital(importing(exporting, view))}.`
  }
}

/** A module of the same name may be imported already, as of another version of a library. */
function besideImports({ name, location }: ModuleNode, { imports }: ModuleNode): string {
  return imports.some((other) => other.name === name) ? placed(name, location) : name
}

/** The plain class of a dynamic module is another module. */
function howToImport(module: ModuleNode, goal: ModuleNode): string {
  return module.isDynamic
    ? `${capital(importing(module, goal))}, or give it \`global: true\`.`
    : `${capital(edit(module.name, 'imports', goal))}.`
}

function kindOf({ isDynamic, name }: ModuleNode, besides?: ModuleNode): string {
  if (!isDynamic) return `the plain class ${name}`
  return `${besides?.isDynamic === true ? 'another' : 'a'} dynamic module of ${name}`
}

function importing(module: ModuleNode, view: ModuleNode): string {
  const what = module.isDynamic
    ? `the same dynamic module of ${module.name}`
    : `the plain class ${module.name}`
  const like = module.importer === undefined ? '' : ` as ${module.importer.name} does`
  return `import in ${placed(view.name, view.location)} ${what}${like}`
}

function edit(what: string, where: 'imports' | 'exports', { name, location }: ModuleNode): string {
  return `add \`${where}: [${what}]\` to ${placed(name, location)}`
}

function explainRivals(clause: string, token: Token, view: ModuleNode, bindings: readonly Binding[]): Fault {
  const sources = sourcesOf(bindings, view)
  // two of one module are a fault of that module: these are the application's own
  if (sources.length === 1) {
    return {
      code: 'KEEL_DUPLICATE_PROVIDER',
      message: `${clause}, which has ${bindings.length} providers, of which only some are multi`,
      hint: `Mark all of them multi: true, and ask for all(${written(token)}), or none: then the last one counts.`
    }
  }
  return {
    code: 'KEEL_DUPLICATE_PROVIDER',
    message: `${clause}, which ${view.name} gets from ${list(sources)}`,
    hint: `Import only one of them, or say in the providers of ${view.name} which one is meant.`
  }
}

/** The modules that provide it; two dynamic modules of one class are told apart by where they are imported. */
function sourcesOf(bindings: readonly Binding[], { imports }: ModuleNode): string[] {
  const modules = [...new Set(bindings.map((binding) => binding.module))]
  return modules.map((module) => {
    const isOneOfSeveral = modules.some((other) => other !== module && other.name === module.name)
    const place = imports.indexOf(module)
    return isOneOfSeveral && place >= 0 ? `${module.name} (imports[${place}])` : module.name
  })
}

function moduleNames(bindings: readonly Binding[]): string[] {
  return [...new Set(bindings.map((binding) => binding.module.name))]
}

function namesBut(token: Token, tokens: Iterable<unknown>): string[] {
  const names: string[] = []
  for (const other of tokens) if (other !== token) names.push(tokenName(other))
  return names
}
