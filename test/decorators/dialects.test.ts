import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const fixtures = new URL('fixtures/', import.meta.url).pathname

/** What a fixture prints under tsx, which compiles either dialect and emits no types in any. */
async function printed(fixture: string, dialect: 'legacy' | 'standard'): Promise<unknown> {
  const args = ['--import', 'tsx', `${fixtures}${fixture}`]
  const env = { ...process.env, TSX_TSCONFIG_PATH: `${fixtures}${dialect}.tsconfig.json` }
  const { stdout } = await run(process.execPath, args, { env })
  return JSON.parse(stdout)
}

describe('decorators', () => {
  it('say the same in the legacy and in the standard dialect', async () => {
    const [legacy, standard] = await Promise.all([
      printed('either-dialect.ts', 'legacy'),
      printed('either-dialect.ts', 'standard')
    ])
    expect(standard).toEqual(legacy)
    expect(standard).toMatchObject([
      { name: 'Base', methods: [{ kind: 'task' }, { kind: 'timer' }, { kind: 'health' }] },
      {
        name: 'Orders',
        service: { name: 'orders', lists: 2 },
        location: expect.stringMatching(/^test\/decorators\/fixtures\/either-dialect\.ts:\d+$/) as string,
        hooks: ['onStart', 'onShutdown'],
        foreignHooks: ['onModuleInit'],
        constructorDependencies: [{ token: 'Database' }, { token: 'MAILER', optional: true }],
        propertyDependencies: [
          ['mailer', 'MAILER', false],
          ['metrics', 'a function', true]
        ],
        dependsOn: [
          ['Migrations', false],
          ['Metrics', true]
        ],
        methods: [
          { kind: 'task', key: 'run' },
          { kind: 'timer', key: 'poll', every: '1m' },
          { kind: 'cron', key: 'poll' },
          { kind: 'activity', key: 'import', name: 'importing' },
          { kind: 'custom', key: 'onOrder', decorator: true, options: { topic: 'orders' } }
        ]
      },
      { name: 'Plain', constructorDependencies: [{ token: 'Database' }, { token: 'MAILER' }] },
      { name: 'Special', constructorDependencies: [{ token: 'Database' }, { token: 'MAILER' }] },
      { name: 'Thing', injectable: { lifetime: 'transient' } },
      { name: 'Root', module: { providers: 2 } },
      { name: 'Undeclared', metadataMissing: true },
      // called by hand, a decorator writes beside what stands on the class and its members
      {
        name: 'ByHand',
        service: { name: 'by-hand' },
        dependsOn: [['Migrations', false]],
        propertyDependencies: [['mailer', 'MAILER', false]],
        methods: [{ kind: 'task', key: 'run' }]
      },
      { name: 'Inside', service: { name: 'inside' }, methods: [{ kind: 'timer', key: 'poll' }] }
    ])
  }, 60_000)

  it('make the same application in the legacy and in the standard dialect', async () => {
    const [legacy, standard] = await Promise.all([
      printed('lives.ts', 'legacy'),
      printed('lives.ts', 'standard')
    ])
    expect(standard).toEqual(legacy)
    const both = ['shop', 'Branch']
    const several = (iteration: number): unknown[] => both.map(() => ['several', true, iteration])
    const work = [
      ['first', 'task', 1],
      ['named', 'task', 1],
      ['several', 'timer', 3],
      ['third', 'timer', 2],
      ['several#2', 'cron', 1],
      ['own', 'timer', 1]
    ]
    const checks = [
      ['of the base', true, true],
      ['isLucky', false, false]
    ]
    expect(standard).toEqual([
      ...both.map(() => ['constructor', true]),
      ...both.flatMap((name) => [[name, true, true, true, true], [2, [1, 2]], ['first'], ['last', name]]),
      ...[1, 1, 1, 2].flatMap((iteration) => several(iteration)),
      ...both.map(() => ['own']),
      ...[2, 3].flatMap((iteration) => several(iteration)),
      [['Branch', 'shop'].flatMap((name) => [`${name} inject Database`, `${name} inject Other`])],
      ...both.map((name) => [name, 'order', { topic: 'orders' }, [6, 'ordering']]),
      ['Other', []],
      ['Database', []],
      ...both.map((name) => [name, work]),
      ['Other', true, []],
      ['Database', true, []],
      ...both.map((name) => [name, true, checks]),
      ['alone', 'Alone']
    ])
  }, 60_000)

  it('of parameters say what they say without emitted types, and what nobody says is missing', async () => {
    expect(await printed('parameters.ts', 'legacy')).toEqual([
      {
        missing: false,
        takes: [
          ['db', 'Database', false],
          ['url', 'url', true]
        ]
      },
      {
        missing: true,
        takes: [
          ['db', 'Database', false],
          ['other', null, false]
        ]
      },
      { missing: true, takes: [['db', null, false]] }
    ])
  }, 60_000)
})
