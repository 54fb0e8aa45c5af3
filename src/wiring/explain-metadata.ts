import {
  type ClassDescription,
  type DependencyFact,
  describe,
  isOfStandardDialect
} from '../metadata/index.js'
import { isClass } from '../tokens/index.js'
import type { ProviderNode } from './provider-node.js'
import type { Fault } from './read-provider.js'
import type { Toolchain } from './toolchain.js'
import { list, placed } from './words.js'

const MOST_CLASSES = 10

/** A fault, and the first of the classes that it is about. */
export interface MetadataFault {
  readonly fault: Fault
  readonly node: ProviderNode
}

/**
 * Puts into words that nothing says what constructors take. When no class of the application has emitted types, it
 * is the compiler, and told once; else each class has its own reason.
 *
 * @param missing classes with parameters of which nothing is known
 * @param emits whether any class of the application has emitted types
 */
export function explainMetadata(
  missing: readonly ProviderNode[],
  emits: boolean,
  toolchain: Toolchain
): MetadataFault[] {
  const marked = missing.filter((node) => reliesOnTypes(node))
  const faults: MetadataFault[] = missing
    .filter((node) => emits || !reliesOnTypes(node))
    .map((node) => ({ node, fault: explainOne(node) }))
  const [first] = marked
  if (first !== undefined && !emits) faults.unshift({ node: first, fault: explainAll(marked, toolchain) })
  return faults
}

/** Compilers emit types for decorated classes only. */
function isMarked({ description }: ProviderNode): boolean {
  return description?.service !== undefined || description?.injectable !== undefined
}

function reliesOnTypes(node: ProviderNode): boolean {
  return isMarked(node) && !isListed(node) && unmarkedOwner(node) === undefined
}

/** The base whose constructor it inherits, where that has no decorator: no compiler emits types for it. */
function unmarkedOwner({ description }: ProviderNode): ClassDescription | undefined {
  let owner = description
  while (owner !== undefined) {
    const base: unknown = Object.getPrototypeOf(owner.class)
    const above = isClass(base) ? describe(base) : undefined
    // what is handed down is the very same list
    if (above === undefined || above.constructorDependencies !== owner.constructorDependencies) break
    owner = above
  }
  return owner === description || owner?.service !== undefined || owner?.injectable !== undefined
    ? undefined
    : owner
}

/** Does `inject: [...]` say what the constructor takes? Not all of it, when it is too short. */
function isListed({ description }: ProviderNode): boolean {
  return description?.constructorDependencies.some(({ from }) => from === 'inject-option') ?? false
}

/** No option of any compiler makes it emit types for these. */
function isStandard({ description }: ProviderNode): boolean {
  return description !== undefined && isOfStandardDialect(description.class)
}

function explainAll(nodes: readonly ProviderNode[], toolchain: Toolchain): Fault {
  const isHopeless = nodes.every(isStandard)
  const compiler = isHopeless
    ? 'none are emitted for standard decorators'
    : `${toolchain.name ?? 'the compiler'} emitted none`
  const remedy = isHopeless ? undefined : toolchain.remedy
  const [first] = nodes
  const ofFirst = unsaidOf(first!)
  const sentence =
    nodes.length === 1
      ? `${first!.label} relies on ${ofFirst === undefined ? 'emitted parameter types' : `emitted types for ${ofFirst} of its constructor`}, and ${compiler}`
      : `${nodes.length} classes rely on emitted parameter types, and ${compiler}`
  const shown = nodes.slice(0, MOST_CLASSES).map((node) => {
    const unsaid = unsaidOf(node)
    return `${placed(node.label, node.location)}${unsaid === undefined ? '' : `: ${unsaid}`}`
  })
  if (nodes.length > MOST_CLASSES) shown.push(`… and ${nodes.length - MOST_CLASSES} more`)
  const lines = nodes.length === 1 ? [sentence] : [sentence, ...shown]
  const ways = nodes.some(isDecorated)
    ? 'Mark these parameters with @Inject(X), or inject in fields'
    : 'Inject in fields'
  return {
    code: 'KEEL_NO_METADATA',
    message: lines.join('\n'),
    hint: `${ways}, \`x = inject(X)\`, or list what constructors take, @Service({ inject: [X] })${remedy === undefined ? '' : `; ${remedy}`}.`
  }
}

/** The parameters of which nothing is said, where others are: else it is all of them. */
function unsaidOf({ description }: ProviderNode): string | undefined {
  const dependencies = description?.constructorDependencies ?? []
  const unsaid = dependencies.filter(isUnsaid)
  if (unsaid.length === dependencies.length) return undefined
  return list(
    unsaid.map(
      ({ index, parameterName }) =>
        `parameter ${index}${parameterName === undefined ? '' : ` (${parameterName})`}`
    )
  )
}

function isUnsaid({ token, erased }: DependencyFact): boolean {
  return token === undefined && erased === undefined
}

/** Does it say by decorators what some parameters are? */
function isDecorated({ description }: ProviderNode): boolean {
  return description?.constructorDependencies.some(({ from }) => from === 'decorator') ?? false
}

function explainOne(node: ProviderNode): Fault {
  const dependencies = node.description?.constructorDependencies ?? []
  const unknown = dependencies.filter(isUnsaid)
  const owner = isListed(node) ? undefined : unmarkedOwner(node)
  const names = unknown.map((fact) => fact.parameterName ?? `parameter ${fact.index}`)
  return {
    code: 'KEEL_NO_METADATA',
    message: `Nothing says what the constructor of ${node.label} takes${names.length === 0 ? '' : ` as ${list(names)}`}`,
    hint:
      owner !== undefined && !isStandard(node)
        ? `Mark ${owner.name}, whose constructor it inherits, with @Injectable(), so that types are emitted for it, or say inject: [X] on ${node.label}.`
        : isListed(node)
          ? `Let its inject: [...] name one for each parameter, optional(X) for one that may be absent.`
          : isMarked(node)
            ? `Say it: ${isDecorated(node) ? '@Inject(X), ' : ''}@Service({ inject: [X] }), or \`x = inject(X)\` in a field.`
            : `Mark ${node.label} with @Injectable(), so that types are emitted for it, or provide it by useFactory and inject: [X].`
  }
}
