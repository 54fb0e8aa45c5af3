import { describe } from '../metadata/index.js'
import { isClass, type Token, tokenName } from '../tokens/index.js'
import { perhapsMeant, type Surroundings } from './explain-failure.js'
import type { Binding, ModuleNode } from './module-node.js'
import type { Fault } from './read-provider.js'
import { unwrap } from './unwrap.js'
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
      hint: howToBeSeveral(token, bindings)
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

/** A service that says `provide` has no place to say multi. */
function howToBeSeveral(token: Token, bindings: readonly Binding[]): string {
  const name = written(token)
  const services = bindings.flatMap(({ spec }) => {
    const own = spec.kind === 'alias' ? unwrap(spec.token) : undefined
    return isClass(own) && describe(own).service?.provide === token ? [tokenName(own)] : []
  })
  const [first] = services
  if (first === undefined) return `Remove one, or mark all of them multi: true and ask for all(${name}).`
  return (
    `Keep one, or take \`provide: ${name}\` away from ${services.join(', ')} and list ` +
    `{ provide: ${name}, useExisting: ${first}, multi: true } for each, to be had by all(${name}).`
  )
}

function isProvidedByItself(token: Token): boolean {
  if (!isClass(token)) return false
  const { service, injectable } = describe(token)
  return service !== undefined || injectable !== undefined
}
