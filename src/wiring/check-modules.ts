import { describe } from '../metadata/index.js'
import { isClass, type Token, tokenName } from '../tokens/index.js'
import { perhapsMeant, type Surroundings } from './explain-failure.js'
import type { ModuleNode } from './module-node.js'
import type { Fault } from './read-provider.js'
import { written } from './words.js'

/** What is wrong with the lists of one module, taken for itself: two providers for one token, exports of nothing. */
export function checkLists(module: ModuleNode, { visibility, registry }: Surroundings): Fault[] {
  const faults: Fault[] = []
  for (const token of module.repeated) {
    const bindings = module.own(token)
    if (bindings.every((binding) => binding.multi)) continue
    const marked = bindings.some((binding) => binding.multi)
    faults.push({
      code: 'KEEL_DUPLICATE_PROVIDER',
      message: `${module.name} has ${bindings.length} providers for ${tokenName(token)}${marked ? ', of which only some are multi' : ''}`,
      hint: `Remove one, or mark all of them multi: true and ask for all(${written(token)}).`
    })
  }
  for (const token of module.exports) {
    const isKnown =
      visibility.canExport(module, token) ||
      visibility.overriding(token).length > 0 ||
      (registry?.registrations(token).length ?? 0) > 0 ||
      (visibility.everywhere(token).length === 0 && isProvidedByItself(token))
    if (isKnown) continue
    const near = perhapsMeant(tokenName(token), [...module.listed().keys()].map(tokenName))
    faults.push({
      code: 'KEEL_NOT_EXPORTED',
      message: `${module.name} exports ${tokenName(token)}, which it neither provides nor imports`,
      hint:
        near === undefined
          ? `Add ${written(token)} to the providers of ${module.name}, or take it out of the exports.`
          : `${near} Otherwise add ${written(token)} to the providers of ${module.name}.`
    })
  }
  return faults
}

function isProvidedByItself(token: Token): boolean {
  if (!isClass(token)) return false
  const { service, injectable } = describe(token)
  return service !== undefined || injectable !== undefined
}
