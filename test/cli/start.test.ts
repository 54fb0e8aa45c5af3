import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CliIo } from '../../src/cli/index.js'
import { expectGolden } from '../golden.js'
import { keelson } from './console.js'

describe('keelson start', { timeout: 60_000 }, () => {
  it.each([
    [['--log-level', 'loud'], "option '--log-level <level>' argument 'loud' is invalid"],
    [['--shutdown-timeout', 'soon'], "argument 'soon' is invalid. Write a duration such as 500ms, 10s or 2m"],
    [['--only', 'Feed,,Reader'], 'Write names separated by commas'],
    [['--env-file', 'none.env'], 'there is no none.env'],
    [
      ['--log-file', 'app.module.ts/x.log', '--dry-run'],
      'nothing can be written to the log file app.module.ts/x.log'
    ],
    [['--log-file', '', '--dry-run'], 'the name of the log file is empty'],
    [['--dry-runn'], "unknown option '--dry-runn'\n  Did you mean --dry-run?"]
  ])('refuses %j with 64', async (args, complaint) => {
    const { code, stdout, stderr } = await keelson(['start', 'app.module.ts', ...args])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(complaint)
  })

  it('knows no service of a name that no service has, but near ones', async () => {
    const { code, stderr } = await keelson(['start', 'app.module.ts', '--dry-run', '--only', 'Fed'])
    expect(code).toBe(64)
    expect(stderr).toContain("no service is named 'Fed'")
    expect(stderr).toContain("Did you mean 'Feed'")
  })

  it('builds under --dry-run, shows the graph and the order, and starts nothing', async () => {
    const { code, stdout, stderr } = await keelson(['start', 'app.module.ts', '--dry-run'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expectGolden('cli/dry-run.txt', stdout)
  })

  it('keeps, of --only, what these services need', async () => {
    const { json } = await keelson(['start', 'app.module.ts', '--dry-run', '--only', 'Feed', '--json'])
    expect(json()).toMatchObject({ startOrder: ['Socket', 'Feed'] })
  })

  it('runs a TypeScript entry in another process, with the loader of the project', async () => {
    const asked: (readonly string[])[] = []
    const { code } = await keelson(['start', 'app.module.ts'], {
      loadsTypeScript: false,
      relaunch: (args) => {
        asked.push(args)
        return { ended: Promise.resolve(3), kill: () => {} }
      }
    })
    expect(code).toBe(3)
    expect(asked).toEqual([['--import', expect.stringMatching(/^file:.*@oxc-node\/core\/register\.mjs$/)]])
  })

  it.each([
    ['{}', 'tsx'],
    ['{ "compilerOptions": { "experimentalDecorators": true } }', '@oxc-node/core']
  ])(
    'takes, of the loaders that there are, one that compiles the decorators of %s',
    async (config, loader) => {
      const cwd = mkdtempSync(join(tmpdir(), 'keelson-loader-'))
      onTestFinished(() => rmSync(cwd, { recursive: true }))
      symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(cwd, 'node_modules'))
      writeFileSync(join(cwd, 'main.ts'), '')
      writeFileSync(join(cwd, 'tsconfig.json'), config)
      const asked: (readonly string[])[] = []
      const relaunch: CliIo['relaunch'] = (args) => {
        asked.push(args)
        return { ended: Promise.resolve(0), kill: () => {} }
      }
      await keelson(['start', 'main.ts'], { cwd, loadsTypeScript: false, relaunch })
      expect(asked).toEqual([['--import', expect.stringContaining(`/node_modules/${loader}/`)]])
    }
  )
})
