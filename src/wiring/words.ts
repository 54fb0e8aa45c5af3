import { isInjectionToken, type Token, tokenName } from '../tokens/index.js'
import type { ProviderNode, StatedDependency } from './provider-node.js'

/** A token as it is written in code. */
export function written(token: Token): string {
  if (typeof token === 'string') return `'${token}'`
  if (typeof token === 'symbol') return String(token)
  return isInjectionToken(token) ? token.name : tokenName(token)
}

/** Who asks: a class by its name, a factory by what it provides. */
export function asker(node: ProviderNode): string {
  return node.source.kind === 'factory' || node.source.kind === 'container-factory'
    ? `the factory of ${node.label}`
    : node.label
}

/** `Orders needs CLOCK (constructor parameter 1, clock)`: a clause about one dependency, to be gone on with. */
export function clause(node: ProviderNode, dependency: StatedDependency, token: string): string {
  const what = dependency.request.all ? `all(${token})` : token
  const [verb, place] = statement(dependency)
  return `${asker(node)} ${verb} ${what}${place === '' ? '' : ` ${place}`}`
}

/** The verb of a dependency, and where it is stated. */
export function statement({ at, kind, request }: StatedDependency): readonly [verb: string, place: string] {
  const { property, index, parameterName } = request
  switch (at) {
    case 'class': {
      if (property !== undefined) return ['needs', `(property ${String(property)})`]
      const name = parameterName === undefined ? '' : `, ${parameterName}`
      return ['needs', `(constructor parameter ${index}${name})`]
    }
    case 'factory':
      return ['needs', `(inject[${index}])`]
    case 'inject':
      return ['injects', '']
    case 'value':
      return ['hands out', '']
    case 'depends-on':
      return [kind === 'wanted' ? 'wants' : 'depends on', '(@DependsOn)']
  }
}

/** `A`, `A and B`, `A, B and C`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** A name with its place, where that is known. */
export function placed(name: string, location: string | undefined): string {
  return location === undefined ? name : `${name} (${location})`
}

/** A sentence begins with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
