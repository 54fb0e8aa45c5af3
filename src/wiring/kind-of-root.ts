import { describe } from '../metadata/index.js'
import { isClass } from '../tokens/index.js'
import { isDynamic, isModuleClass, isObject } from './module-entry.js'

/**
 * What an application could be made of this as: a module, dynamic ones included, or a service, class or instance.
 *
 * @param isService recognises instances, and prototypes, that have a lifecycle without being marked
 */
export function kindOfRoot(
  value: unknown,
  isService: (value: object) => boolean
): 'module' | 'service' | undefined {
  if (isModuleClass(value)) return 'module'
  if (isClass(value)) {
    return describe(value).service !== undefined || isService(value.prototype as object)
      ? 'service'
      : undefined
  }
  if (!isObject(value)) return undefined
  if (isService(value)) return 'service'
  return isDynamic(value) && isModuleClass(value.module) ? 'module' : undefined
}
