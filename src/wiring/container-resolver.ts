import type { Resolver } from '../container/index.js'
import type { DependencyParts, Token } from '../tokens/index.js'
import type { Overlay } from './overlay.js'
import type { ProviderNode } from './provider-node.js'

/** Who makes values. */
export interface Maker {
  /** Is something being constructed? Then what is resolved is a dependency of that. */
  readonly active: ProviderNode | undefined
  inject(parts: DependencyParts): unknown
  value(node: ProviderNode, overlay: Overlay | undefined): unknown
}

/** Who knows what tokens stand for, outside of every constructor. */
export interface Finder {
  /** The one node of a token; throws when there is none. */
  find(token: Token): ProviderNode
  findAll(token: Token): readonly ProviderNode[]
  has(token: Token): boolean
}

/** Answers for tsyringe: by injection while something is constructed, else as `get()` of application or scope does. */
export function createResolver(maker: Maker, finder: Finder, overlay: Overlay | undefined): Resolver {
  return {
    resolve: (token, optional) => {
      if (maker.active !== undefined) return maker.inject({ token, all: false, optional, lazy: false })
      if (optional && !finder.has(token)) return undefined
      return maker.value(finder.find(token), overlay)
    },
    resolveAll: (token, optional) => {
      if (maker.active !== undefined)
        return maker.inject({ token, all: true, optional, lazy: false }) as unknown[]
      if (optional && !finder.has(token)) return []
      return finder.findAll(token).map((node) => maker.value(node, overlay))
    },
    has: (token) => finder.has(token)
  }
}
