import { isInjectionToken, type Token, tokenName } from '../tokens/index.js'
import type { DependencyRequest, ProviderNode } from './provider-node.js'

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
export function clause(node: ProviderNode, request: DependencyRequest, token: string): string {
  const who = asker(node)
  const what = request.all ? `all(${token})` : token
  switch (request.at) {
    case 'parameter': {
      const name = request.fact?.parameterName
      return `${who} needs ${what} (constructor parameter ${request.index}${name === undefined ? '' : `, ${name}`})`
    }
    case 'property':
      return `${who} needs ${what} (property ${String(request.key)})`
    case 'factory':
      return `${who} needs ${what} (inject[${request.index}])`
    case 'inject':
      return `${who} injects ${what}`
    case 'depends-on':
      return `${who} depends on ${what} (@DependsOn)`
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
