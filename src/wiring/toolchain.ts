/** What tells which program compiles the TypeScript of this process. */
export interface ProcessFacts {
  readonly execArgv: readonly string[]
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly versions: Readonly<Record<string, string | undefined>>
}

/** A compiler, and what makes it emit the types of parameters. */
export interface Toolchain {
  /** As its users call it; `undefined` when nothing tells. */
  readonly name: string | undefined
  /** What to do so that types are emitted; `undefined` when this one never does. */
  readonly remedy: string | undefined
}

const TSX_REMEDY = 'or run it with a loader that emits them, such as `node --import @oxc-node/core/register`'

const LOADERS: readonly (readonly [pattern: RegExp, toolchain: Toolchain])[] = [
  [/[\\/]tsx[\\/]|^tsx(?:\/|$)/, { name: 'tsx', remedy: TSX_REMEDY }],
  [/esbuild-(?:register|runner|node)|[\\/]esno[\\/]|^esno$/, { name: 'esbuild', remedy: TSX_REMEDY }],
  [
    /@swc-node|swc-node[\\/]register|@swc[\\/](?:register|node)/,
    { name: 'swc', remedy: 'or set `jsc.transform.decoratorMetadata: true` in .swcrc' }
  ],
  [/ts-node/, { name: 'ts-node', remedy: 'or set `"emitDecoratorMetadata": true` in tsconfig.json' }],
  [/@oxc-node/, { name: 'oxc', remedy: 'or set `"emitDecoratorMetadata": true` in tsconfig.json' }]
]

/**
 * Tells which program compiled the TypeScript of this process, as far as the process shows it: a loader named on
 * the command line or in NODE_OPTIONS, or a runner that says so in the environment.
 */
export function detectToolchain(facts: ProcessFacts): Toolchain {
  if (facts.versions['bun'] !== undefined) {
    return { name: 'Bun', remedy: 'or set `"emitDecoratorMetadata": true` in tsconfig.json' }
  }
  if (facts.env['VITEST'] !== undefined) {
    return {
      name: 'vitest',
      remedy:
        'or set `oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } }` in vitest.config.ts (vitest 3 and before: use unplugin-swc)'
    }
  }
  const words = [...facts.execArgv, ...(facts.env['NODE_OPTIONS'] ?? '').split(/\s+/)].flatMap((word) =>
    // --import=tsx
    word.split('=')
  )
  for (const [pattern, toolchain] of LOADERS) {
    if (words.some((word) => pattern.test(word))) return toolchain
  }
  const program = facts.argv[1] ?? ''
  if (/\.[cm]?ts$/.test(program)) return { name: undefined, remedy: TSX_REMEDY }
  return {
    name: undefined,
    remedy: 'or set `"emitDecoratorMetadata": true` in tsconfig.json, when tsc compiles it'
  }
}
