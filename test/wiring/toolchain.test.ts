import { describe, expect, it } from 'vitest'
import { detectToolchain, type ProcessFacts } from '../../src/wiring/toolchain.js'

const PLAIN: ProcessFacts = {
  execArgv: [],
  argv: ['/usr/bin/node', '/app/dist/main.js'],
  env: {},
  versions: {}
}

describe('the compiler of this process', () => {
  it.each<[string, Partial<ProcessFacts>, string | undefined]>([
    [
      'tsx',
      {
        execArgv: [
          '--require',
          '/x/node_modules/tsx/dist/preflight.cjs',
          '--import',
          'file:///x/node_modules/tsx/dist/loader.mjs'
        ]
      },
      'tsx'
    ],
    ['node --import tsx', { execArgv: ['--import', 'tsx'] }, 'tsx'],
    ['node --import=tsx', { execArgv: ['--import=tsx'] }, 'tsx'],
    ['tsx in NODE_OPTIONS', { env: { NODE_OPTIONS: '--max-old-space-size=99 --import tsx/esm' } }, 'tsx'],
    ['esbuild-register', { execArgv: ['-r', 'esbuild-register'] }, 'esbuild'],
    ['swc-node', { execArgv: ['--import', '@swc-node/register/esm-register'] }, 'swc'],
    ['ts-node', { execArgv: ['--loader', 'ts-node/esm'] }, 'ts-node'],
    ['oxc-node', { execArgv: ['--import', '@oxc-node/core/register'] }, 'oxc'],
    ['vitest', { env: { VITEST: 'true' }, execArgv: ['--import', 'tsx'] }, 'vitest'],
    ['Bun', { versions: { bun: '1.4.5' } }, 'Bun'],
    ['compiled JavaScript', {}, undefined],
    ['TypeScript by means unknown', { argv: ['node', '/app/main.ts'] }, undefined],
    ['a path that only contains the letters', { execArgv: ['--import', '/home/tsxavier/x.mjs'] }, undefined]
  ])('is told for %s', (_what, facts, name) => {
    const found = detectToolchain({ ...PLAIN, ...facts })
    expect(found.name).toBe(name)
    expect(found.remedy).toMatch(/^or /)
  })
})
