import { describe } from '../metadata/index.js'
import { isClass, type Token } from '../tokens/index.js'
import type { Binding, ModuleNode } from './module-node.js'

/** Takes in a provider, and the further token that a service says it answers to. */
export function addBinding(node: ModuleNode, binding: Binding): void {
  node.add(binding)
  const further = furtherBinding(binding)
  if (further !== undefined) node.add(further)
}

/** The provider of the further token that a service says it answers to. */
export function furtherBinding(binding: Binding): Binding | undefined {
  const { module, token, spec } = binding
  const further = spec.kind === 'class' ? spec.description.service?.provide : undefined
  if (further === undefined || further === token || !isPlain(binding)) return undefined
  return { token: further, module, spec: { kind: 'alias', token }, multi: false }
}

/** Takes in an export, and the further tokens of a service that it is, be that an import. */
export function addExport(node: ModuleNode, token: Token): void {
  node.exports.add(token)
  for (const binding of node.own(token)) {
    const further = furtherBinding(binding)
    if (further !== undefined) node.exports.add(further.token)
  }
  if (!isClass(token) || node.lists(token)) return
  const further = describe(token).service?.provide
  if (further === undefined || node.lists(further)) return
  const services = node.passedOnTokens.get(further)
  if (services === undefined) node.passedOnTokens.set(further, [token])
  else services.push(token)
}

/** Is it a class listed as it stands? */
export function isPlain({ token, spec }: Binding): boolean {
  return (
    spec.kind === 'class' &&
    spec.description.class === token &&
    spec.lifetime === undefined &&
    spec.name === undefined
  )
}
