import { createRequire } from 'node:module'
import type { pino } from 'pino'

/** Pino as it comes, once it was loaded: not with the package, of whose import it was a third. */
let loaded: typeof pino | undefined

/** Loads pino, in a way that bundlers see; undefined when it is there already. Whoever can wait calls this first. */
export function loadPino(): Promise<void> | undefined {
  return loaded === undefined ? load() : undefined
}

async function load(): Promise<void> {
  const module = await import('pino')
  loaded = module.pino
}

/** Pino, for whoever needs it at once: a service that lives alone and logs before anything was loaded. */
export function pinoNow(): typeof pino {
  loaded ??= (createRequire(import.meta.url)('pino') as { readonly pino: typeof pino }).pino
  return loaded
}
