import { readFileSync } from 'node:fs'
import { chooseRoot, type RootKind } from './choose-root.js'
import type { Entry } from './find-entry.js'

/**
 * The export that is to be booted in place of an entry that does not boot itself. One that may yet, in a `main()` that
 * nobody awaits, is waited for: where it exports nothing to boot, and where it calls `bootstrap()` somewhere.
 *
 * @param isItsOwn whether it has booted itself by now, or has ended without
 * @param wait until it has, or it is in vain to wait
 * @returns undefined when that is so, or it exports nothing to boot
 */
export async function rootUnlessBooted(
  entry: Entry,
  exported: Readonly<Record<string, unknown>>,
  kindOf: RootKind,
  isItsOwn: () => boolean,
  wait: () => Promise<unknown>
): Promise<object | undefined> {
  const offered = (): object | undefined => (isItsOwn() ? undefined : chooseRoot(entry, exported, kindOf))
  // to name an export says that it is to be booted
  const mayBoot = entry.exportName === undefined && callsBootstrap(entry)
  const root = mayBoot ? undefined : offered()
  if (root !== undefined || isItsOwn()) return root
  await wait()
  return offered()
}

/** Also as compilers to CommonJS write it: `(0, keelson_1.bootstrap)(App)`. */
function callsBootstrap({ file }: Entry): boolean {
  return /\bbootstrap\)?\(/.test(readFileSync(file, 'utf8'))
}
