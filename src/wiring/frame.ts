import type { AssembledService } from './assembled-service.js'
import type { Overlay } from './overlay.js'
import type { LinkedDependency, ProviderNode } from './provider-node.js'

/** What is one for all that a single resolve makes, as tsyringe has it. */
export interface Resolution {
  kept?: Map<ProviderNode, unknown> | undefined
  /** It is for something that lives as long as the application, and was made before. */
  readonly isForAll?: boolean
}

/** Something that is being constructed: what it needs, and what of that is there. */
export interface Frame {
  readonly node: ProviderNode
  /** The scope it is made in; none for what is shared by all. */
  readonly overlay: Overlay | undefined
  /** The service that it is, or is made for. */
  readonly requester: AssembledService | undefined
  readonly resolution: Resolution
  /** Values to be had first, in order. */
  readonly needs: readonly ProviderNode[]
  readonly values: unknown[]
  /** How many of them are there. */
  ready: number
  /** What its constructor is asking for by `inject()`. */
  injecting: LinkedDependency | undefined
}

/** Is this what a frame makes, as far as its class tells? One of the same class may be made by hand beside it, later. */
export function mayBeMadeIn({ node: { source } }: Frame, object: object): boolean {
  return source.kind === 'class' && Object.getPrototypeOf(object) === source.class.prototype
}

const NONE: readonly ProviderNode[] = []

/** The nodes whose values one node needs before it is made: those of each dependency, then what transforms them. */
export function needsOf(node: ProviderNode, overlay: Overlay | undefined): readonly ProviderNode[] {
  if (node.source.kind !== 'class' && node.source.kind !== 'factory') return NONE
  const overlaid = overlay !== undefined && overlay.providers.size > 0
  const known = overlaid ? undefined : node.needs
  if (known !== undefined) return known
  const isPlain =
    node.plain !== undefined || (node.properties.length === 0 && node.parameters.every(isSimple))
  // then it needs, in order, what it must be made after: unless more is awaited, the same list
  if (!overlaid && isPlain && node.awaited.length + node.injected.length === 0) {
    node.isSimple = true
    return (node.needs = node.predecessors())
  }
  const needs: ProviderNode[] = []
  for (const dependency of node.parameters) addNeeds(needs, dependency, overlay)
  for (const dependency of node.properties) addNeeds(needs, dependency, overlay)
  if (!overlaid) {
    node.needs = needs
    node.isSimple = isPlain
  }
  return needs
}

/** Is what is injected just the value of one node? */
function isSimple({ request, targets, transform }: LinkedDependency): boolean {
  return targets.length === 1 && !request.lazy && !request.all && transform === undefined
}

function addNeeds(needs: ProviderNode[], dependency: LinkedDependency, overlay: Overlay | undefined): void {
  if (!dependency.request.lazy) needs.push(...targetsOf(dependency, overlay))
  if (dependency.transform !== undefined) needs.push(dependency.transform.by)
}

/** What a dependency leads to inside a scope, whose own providers go first. */
export function targetsOf(
  dependency: LinkedDependency,
  overlay: Overlay | undefined
): readonly ProviderNode[] {
  return overlay?.providers.get(dependency.token) ?? dependency.targets
}
