import { isServiceBase } from '../service/index.js'
import { kindOfRoot } from '../wiring/index.js'

/** What an application could be booted from this as; undefined: from this none can. */
export function rootKind(value: unknown): 'module' | 'service' | undefined {
  return kindOfRoot(value, isServiceBase)
}
