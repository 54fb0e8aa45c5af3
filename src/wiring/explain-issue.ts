import type { DependencyFact } from '../metadata/index.js'
import { tokenName } from '../tokens/index.js'
import { explainFailure, type Surroundings } from './explain-failure.js'
import type { Issue } from './issue.js'
import type { ModuleNode } from './module-node.js'
import { unwrap } from './unwrap.js'
import type { ProviderNode } from './provider-node.js'
import type { Fault } from './read-provider.js'
import { asker, capital, clause, list, placed, written } from './words.js'

/** Puts an issue into words. Missing metadata is told for all classes at once, by `explain-metadata.ts`. */
export function explainIssue(issue: Exclude<Issue, { kind: 'no-metadata' }>, around: Surroundings): Fault {
  switch (issue.kind) {
    case 'unresolved': {
      const { node, dependency, failure } = issue
      const first = failure.reason === 'alias-cycle' ? undefined : failure.through[0]
      const token = tokenName(first?.token ?? failure.token ?? dependency.request.token)
      const fault = explainFailure(clause(node, dependency, token), failure, aroundOf(issue, around))
      return { ...fault, message: capital(fault.message), ...orderedAfterAll(issue) }
    }
    case 'root': {
      const fault = explainFailure(issue.clause, issue.failure, { ...around, otherwise: '' })
      return { ...fault, message: capital(fault.message) }
    }
    case 'erased':
      return explainErased(issue.node, issue.fact)
    case 'differs': {
      const token = tokenName(unwrap(issue.dependency.request.token))
      const known = issue.outcomes.flatMap(({ module, found }) => [module, ...found.map(({ view }) => view)])
      const outcomes = issue.outcomes.map(
        ({ module, found }) =>
          `${told(module, known)} gives it ${list(found.map((node) => identify(node, known))) || 'nothing'}`
      )
      return {
        code: 'KEEL_DUPLICATE_PROVIDER',
        message: `${clause(issue.node, issue.dependency, token)}, but has one instance, and its modules see different things\n${outcomes.join('\n')}`,
        hint: `List ${issue.node.label} in one module and export it from there, or give each module its own: { provide: …, useClass: ${issue.node.label}, name: '…' }.`
      }
    }
    case 'rivals': {
      const { nodes, token } = issue
      const mine = `provide: ${written(token)}`
      return {
        code: 'KEEL_DUPLICATE_PROVIDER',
        message: `${list(nodes.map(({ label, location }) => placed(label, location)))} ${nodes.length > 2 ? 'all' : 'both'} provide ${tokenName(token)}`,
        hint: `Take \`${mine}\` away from all but one, or say which one is meant: { ${mine}, useExisting: ${nodes[0].label} }.`
      }
    }
    case 'lifetime':
      return {
        code: 'KEEL_INVALID_OPTION',
        message: `${issue.node.label} is a service, and so a singleton: it cannot be ${issue.lifetime}`,
        hint: 'Take the lifetime away, or mark the class with @Injectable() instead of @Service().'
      }
  }
}

/** `@DependsOn` takes no `optional()` either. */
function aroundOf(
  { dependency, failure }: Extract<Issue, { kind: 'unresolved' }>,
  around: Surroundings
): Surroundings {
  if (dependency.at !== 'depends-on' || failure.token === undefined) return around
  return { ...around, otherwise: `say wanted(${written(failure.token)})` }
}

/** `@DependsOn` takes no `all()`: what is injected orders the start as well. */
function orderedAfterAll({ dependency, failure }: Extract<Issue, { kind: 'unresolved' }>): {
  hint?: string
} {
  if (dependency.at !== 'depends-on' || failure.reason !== 'several') return {}
  return {
    hint: `Name the services themselves, or inject all of them, which orders the start too: \`x = inject(all(${written(failure.token!)}))\`.`
  }
}

/** Nodes of one name are told apart by where they come from. */
function identify(node: ProviderNode, known: readonly ModuleNode[]): string {
  return `${node.label} of ${told(node.view, known)}`
}

/** The name of a module; those of one name, as dynamic modules of one class, are told apart by where they are imported. */
function told(module: ModuleNode, known: readonly ModuleNode[]): string {
  const { name, importer } = module
  const isAlone = known.every((other) => other === module || other.name !== name)
  if (isAlone || importer === undefined) return name
  const place = importer.imports.indexOf(module)
  return `${name} (${place < 0 ? 'imported by' : `imports[${place}] of`} ${importer.name})`
}

/** Nothing may have been given, too: NestJS's `@Inject()` goes by the type. */
const UNNAMED = 'Name it, @Inject(TheClass); where files import each other, write @Inject(() => TheClass).'

function explainErased(node: ProviderNode, fact: DependencyFact): Fault {
  const { erased = 'undefined', index, property, parameterName, from } = fact
  const code = 'KEEL_ERASED_TYPE'
  if (property !== undefined) {
    return {
      code,
      message: `${asker(node)}: what @Inject of property ${String(property)} was given is ${erased}, which is no token`,
      hint: UNNAMED
    }
  }
  if (from === 'inject-option') {
    return {
      code,
      message: `${asker(node)}: inject[${index}] is ${erased}, which is no token`,
      hint:
        erased === 'undefined'
          ? 'The files import each other: write () => TheClass.'
          : 'Give a class, an InjectionToken, a string or a symbol.'
    }
  }
  const parameter = `constructor parameter ${index}${parameterName === undefined ? '' : `, ${parameterName}`}`
  const sentence =
    from === 'decorator'
      ? `what @Inject of ${parameter}, was given is ${erased}`
      : `the type of ${parameter}, came out as ${erased}`
  return {
    code,
    message: `${asker(node)}: ${sentence}, which is no token`,
    hint: remedy(erased, from)
  }
}

function remedy(erased: string, from: DependencyFact['from']): string {
  if (erased === 'undefined') {
    return from === 'decorator'
      ? UNNAMED
      : 'The files import each other: write @Inject(() => TheClass) and import the type with `import type`.'
  }
  return erased === 'Object' || erased === 'Function'
    ? 'Import the class as a value, not with `import type`; for an interface or a union say @Inject(TOKEN).'
    : 'Say which token is meant: @Inject(TOKEN).'
}
