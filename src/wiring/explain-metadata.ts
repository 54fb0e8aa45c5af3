import { type ClassDescription, describe } from '../metadata/index.js'
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

function explainAll(nodes: readonly ProviderNode[], { name, remedy }: Toolchain): Fault {
  const compiler = name === undefined ? 'the compiler emitted none' : `${name} emitted none`
  const sentence =
    nodes.length === 1
      ? `${nodes[0]!.label} relies on emitted parameter types, and ${compiler}`
      : `${nodes.length} classes rely on emitted parameter types, and ${compiler}`
  const shown = nodes.slice(0, MOST_CLASSES).map((node) => placed(node.label, node.location))
  if (nodes.length > MOST_CLASSES) shown.push(`… and ${nodes.length - MOST_CLASSES} more`)
  const lines = nodes.length === 1 ? [sentence] : [sentence, ...shown]
  return {
    code: 'KEEL_NO_METADATA',
    message: lines.join('\n'),
    hint: `Inject in fields, \`x = inject(X)\`, or list what constructors take, @Service({ inject: [X] })${remedy === undefined ? '' : `; ${remedy}`}.`
  }
}

function explainOne(node: ProviderNode): Fault {
  const dependencies = node.description?.constructorDependencies ?? []
  const unknown = dependencies.filter((fact) => fact.token === undefined && fact.erased === undefined)
  const owner = isListed(node) ? undefined : unmarkedOwner(node)
  const names = unknown.map((fact) => fact.parameterName ?? `parameter ${fact.index}`)
  return {
    code: 'KEEL_NO_METADATA',
    message: `Nothing says what the constructor of ${node.label} takes${names.length === 0 ? '' : ` as ${list(names)}`}`,
    hint:
      owner !== undefined
        ? `Mark ${owner.name}, whose constructor it inherits, with @Injectable(), so that types are emitted for it, or say inject: [X] on ${node.label}.`
        : isListed(node)
          ? `Let its inject: [...] name one for each parameter, optional(X) for one that may be absent.`
          : isMarked(node)
            ? `Say it: @Service({ inject: [X] }), or \`x = inject(X)\` in a field.`
            : `Mark ${node.label} with @Injectable(), so that types are emitted for it, or provide it by useFactory and inject: [X].`
  }
}
