import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tableUnder } from './sources/markdown.js'
import { dottedName, lineOf, parseText, readText, typescriptFiles, walk } from './sources/typescript.js'
import type { SyntaxNode } from './sources/typescript.js'

const map = readText('src/README.md')
const bare = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '').replace(/\/$/, '')
const list = (cell: string | undefined): string[] => (cell ?? '').split(', ').map(bare)

const floors = new Map(tableUnder(map, 'Floors').map(([floor, room]) => [bare(room), Number(floor)]))
const upward = new Set(tableUnder(map, 'Types from above').map(([from, to]) => `${bare(from)} ${bare(to)}`))
const doors = new Map(tableUnder(map, 'Doors').map(([library, places]) => [bare(library), list(places)]))
const clockKeepers = tableUnder(map, 'Time').map(([where]) => bare(where))

const timeCalls = new Set(['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'])
const timeMembers = new Set(['Date.now', 'performance.now', 'process.hrtime', 'AbortSignal.timeout'])
const timeModules = new Set(['node:timers', 'timers', 'node:timers/promises', 'timers/promises'])

const files = typescriptFiles('src')
const roomOf = (path: string): string => path.split('/').slice(1, -1)[0] ?? ''

describe('the rooms of src/', () => {
  it('are those of the table in src/README.md, and no others', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== ''))
    expect([...rooms].toSorted()).toEqual([...floors.keys()].toSorted())
  })

  it('import values from lower floors only, types from above never, all of it through index.ts', () => {
    expect(files.flatMap((path) => violations(path, readText(path)))).toEqual([])
  })

  it('each open with a comment that says what the room is for', () => {
    const doorsOfRooms = [...floors.keys()].map((room) => `src/${room}/index.ts`)
    const silent = doorsOfRooms.filter(
      (path) => files.includes(path) && !/^(\/\*\*|\/\/)/.test(readText(path))
    )
    expect(silent).toEqual([])
    expect(doorsOfRooms.filter((path) => !files.includes(path))).toEqual([])
  })

  it('give every library that users install one door', () => {
    const { dependencies } = JSON.parse(readText('package.json')) as { dependencies: Record<string, string> }
    expect([...doors.keys()].toSorted()).toEqual(Object.keys(dependencies).toSorted())
  })
})

describe('the rules of the floors', () => {
  const refused: [rule: string, path: string, text: string, complaint: string][] = [
    [
      'a value from a higher floor',
      'src/graph/a.ts',
      `import { start } from '../app/index.js'`,
      'src/graph/a.ts:1 graph/ (floor 0) imports a value from app/ (floor 5)'
    ],
    [
      'a value from the same floor',
      'src/waits/a.ts',
      `\nexport { plan } from '../schedule/index.js'`,
      'src/waits/a.ts:2 waits/ (floor 1) imports a value from schedule/ (floor 1)'
    ],
    [
      'a value beside a type',
      'src/waits/a.ts',
      `import { type Plan, plan } from '../schedule/index.js'`,
      'src/waits/a.ts:1 waits/ (floor 1) imports a value from schedule/ (floor 1)'
    ],
    [
      'a value by import()',
      'src/waits/a.ts',
      `void import('../app/index.js')`,
      'src/waits/a.ts:1 waits/ (floor 1) imports a value from app/ (floor 5)'
    ],
    [
      'a type from a higher floor',
      'src/graph/a.ts',
      `import type { App } from '../app/index.js'`,
      'src/graph/a.ts:1 graph/ (floor 0) imports a type from app/ (floor 5)'
    ],
    [
      'a type from a higher floor, in place',
      'src/graph/a.ts',
      `export type A = import('../app/index.js').App`,
      'src/graph/a.ts:1 graph/ (floor 0) imports a type from app/ (floor 5)'
    ],
    [
      'a way round the front door',
      'src/app/a.ts',
      `import { plan } from '../schedule/plan.js'`,
      'src/app/a.ts:1 reaches into schedule/ past its index.ts'
    ],
    [
      'a library in a room that is not its door',
      'src/app/a.ts',
      `import type { Logger } from 'pino'`,
      'src/app/a.ts:1 imports pino, whose door is logging'
    ],
    [
      'a part of such a library',
      'src/app/a.ts',
      `import 'rxjs/operators'`,
      'src/app/a.ts:1 imports rxjs, whose door is streams'
    ],
    [
      'a library without a door',
      'src/app/a.ts',
      `import _ from 'lodash'`,
      'src/app/a.ts:1 imports lodash, which has no door'
    ],
    [
      'the test kit in the front door',
      'src/index.ts',
      `export { a } from './testing/index.js'`,
      'src/index.ts:1 hands out the test kit'
    ],
    [
      'the command in the front door',
      'src/index.ts',
      `export { a } from './cli/index.js'`,
      'src/index.ts:1 hands out the command'
    ],
    [
      'everything at once',
      'src/app/index.ts',
      `export * from './a.js'`,
      'src/app/index.ts:1 exports without naming'
    ],
    ['the time of day', 'src/app/a.ts', `const now = Date.now`, 'src/app/a.ts:1 uses Date.now outside time/'],
    ['the date', 'src/app/a.ts', `new Date()`, 'src/app/a.ts:1 uses new Date() outside time/'],
    ['a timer', 'src/app/a.ts', `setTimeout(() => {}, 1)`, 'src/app/a.ts:1 uses setTimeout outside time/'],
    [
      'a timer by its full name',
      'src/app/a.ts',
      `globalThis.setTimeout(f)`,
      'src/app/a.ts:1 uses setTimeout outside time/'
    ],
    [
      'a timer of its own module',
      'src/app/a.ts',
      `import 'node:timers/promises'`,
      'src/app/a.ts:1 uses node:timers/promises outside time/'
    ],
    ['a decorated class', 'src/app/a.ts', `@Service() class A {}`, 'src/app/a.ts:1 decorates']
  ]

  it.each(refused)('refuse %s', (_rule, path, text, complaint) => {
    expect(violations(path, text)).toEqual([complaint])
  })

  it('let pass what is in order', () => {
    const text = `
      import 'node:fs'
      import { KeelsonError } from '../errors/index.js'
      import type { Plan } from '../schedule/index.js'
      import { type A, type B } from '../schedule/index.js'
      import { here } from './here.js'
      clock.setTimeout(() => here(new Date(0)), clock.now())
    `
    expect(violations('src/waits/a.ts', text)).toEqual([])
    expect(violations('src/graph/a.ts', `import { e } from '../errors/index.js'`)).toEqual([])
    expect(violations('src/time/a.ts', `Date.now(); setTimeout(f, 1)`)).toEqual([])
    expect(violations('src/streams/a.ts', `import { Subject } from 'rxjs'`)).toEqual([])
    expect(violations('src/decorators/a.ts', `import type { Context } from '../service/index.js'`)).toEqual(
      []
    )
  })
})

function violations(path: string, text: string): string[] {
  const found: string[] = []
  walk(parseText(path, text), (node) => {
    const complaint = importComplaint(path, node) ?? timeComplaint(path, node) ?? decoratorComplaint(node)
    if (complaint) found.push(`${path}:${lineOf(text, node)} ${complaint}`)
  })
  return found
}

function importComplaint(path: string, node: SyntaxNode): string | undefined {
  const source = (node['source'] as SyntaxNode | null | undefined)?.['value']
  if (typeof source !== 'string') return undefined
  if (node.type === 'ExportAllDeclaration' && path.endsWith('/index.ts')) return 'exports without naming'
  if (timeModules.has(source) && !keepsClock(path)) return `uses ${source} outside time/`
  if (source.startsWith('node:')) return undefined
  return source.startsWith('.') ? floorComplaint(path, source, isTypeOnly(node)) : doorComplaint(path, source)
}

function floorComplaint(path: string, source: string, typeOnly: boolean): string | undefined {
  const target = posix.join(posix.dirname(path), source)
  const [from, to] = [roomOf(path), roomOf(target)]
  if (from === to) return undefined
  if (path === 'src/index.ts') {
    if (to === 'testing') return 'hands out the test kit'
    if (to === 'cli') return 'hands out the command'
  } else {
    const [here, there] = [floors.get(from) ?? NaN, floors.get(to) ?? NaN]
    const sideways = there === here && (typeOnly || to === 'errors')
    const allowed = there < here || sideways || (typeOnly && upward.has(`${from} ${to}`))
    if (!allowed) {
      const what = typeOnly ? 'a type' : 'a value'
      return `${from}/ (floor ${here}) imports ${what} from ${to}/ (floor ${there})`
    }
  }
  return target === `src/${to}/index.js` ? undefined : `reaches into ${to}/ past its index.ts`
}

function doorComplaint(path: string, source: string): string | undefined {
  const library = source
    .split('/')
    .slice(0, source.startsWith('@') ? 2 : 1)
    .join('/')
  const places = doors.get(library)
  if (places === undefined) return `imports ${library}, which has no door`
  return isIn(places, path) ? undefined : `imports ${library}, whose door is ${places.join(', ')}`
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType') return true
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true
  const specifiers = (node['specifiers'] ?? []) as SyntaxNode[]
  return (
    specifiers.length > 0 &&
    specifiers.every((each) => each['importKind'] === 'type' || each['exportKind'] === 'type')
  )
}

function timeComplaint(path: string, node: SyntaxNode): string | undefined {
  if (keepsClock(path)) return undefined
  const name = timeUse(node)
  return name && `uses ${name} outside time/`
}

function timeUse(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') {
    const name = dottedName(node)?.replace(/^globalThis\./, '')
    return name !== undefined && (timeMembers.has(name) || timeCalls.has(name)) ? name : undefined
  }
  const callee = (node['callee'] as SyntaxNode | undefined)?.['name']
  if (node.type === 'NewExpression' && callee === 'Date') {
    return (node['arguments'] as unknown[]).length === 0 ? 'new Date()' : undefined
  }
  return node.type === 'CallExpression' && timeCalls.has(String(callee)) ? String(callee) : undefined
}

function keepsClock(path: string): boolean {
  return isIn(clockKeepers, path)
}

/** Whether a file is one of these places, or in one of them. */
function isIn(places: readonly string[], path: string): boolean {
  return places.some((place) => path === `src/${place}` || path.startsWith(`src/${place}/`))
}

function decoratorComplaint(node: SyntaxNode): string | undefined {
  const decorators = node['decorators'] as unknown[] | undefined
  return decorators && decorators.length > 0 ? 'decorates' : undefined
}
