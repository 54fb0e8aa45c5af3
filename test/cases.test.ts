import { describe, expect, it } from 'vitest'
import { tableUnder } from './sources/markdown.js'
import { parseText, readText, typescriptFiles, walk } from './sources/typescript.js'
import type { SyntaxNode } from './sources/typescript.js'

interface Case {
  readonly id: string
  readonly cell: string
}

const sections = [
  'Start',
  'Stop',
  'Supervision',
  'Timers and crons',
  'Process, health, leader',
  'Service by service'
]
const page = readText('test/CASES.md')
const cases: Case[] = sections
  .flatMap((section) => tableUnder(page, section))
  .map(([id, , cell]) => ({ id: id ?? '', cell: cell ?? '' }))
const files = new Set(typescriptFiles('test'))

describe('test/CASES.md', () => {
  it('has every numbered case once, in order', () => {
    const numbers = cases.map(({ id }) => Number(id)).filter((id) => !Number.isNaN(id))
    expect(numbers).toEqual(Array.from({ length: 109 }, (_, index) => index + 1))
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  })

  it('names only tests that exist and run', () => {
    expect(cases.flatMap((each) => complaints(each))).toEqual([])
  })

  it('has no case left pending', () => {
    const pending = cases.filter(({ cell }) => cell === 'pending').map(({ id }) => id)
    expect(pending.join(' ')).toBe('')
  })
})

describe('the check of test/CASES.md', () => {
  it.each([
    ['', '1: neither a test nor a reason'],
    ['—', '1: neither a test nor a reason'],
    ['test/none.test.ts › a', '1: no file test/none.test.ts'],
    [
      '`test/cases.test.ts › nothing of that name`',
      '1: no test "nothing of that name" in test/cases.test.ts'
    ],
    ['test/cases.test.ts', '1: neither a test nor a reason']
  ])('refuses "%s"', (cell, expected) => {
    expect(complaints({ id: '1', cell })).toEqual([expected])
  })

  it('takes a reason, a test, or several', () => {
    const here = '`test/cases.test.ts › refuses "%s"`'
    expect(complaints({ id: '1', cell: '— not offered' })).toEqual([])
    expect(complaints({ id: '1', cell: here })).toEqual([])
    expect(complaints({ id: '1', cell: `${here}<br>${here}` })).toEqual([])
  })

  it('does not count a test that is skipped', () => {
    const text = `it.skip('a', f); it.todo('b'); describe.skip('s', () => { it('c', f) }); it.each([1])('d %s', f)`
    expect([...titlesIn('x.ts', text)]).toEqual(['d %s'])
  })
})

function complaints({ id, cell }: Case): string[] {
  if (cell === 'pending' || /^— \S/.test(cell)) return []
  return cell
    .split('<br>')
    .map((each) => complaint(each.trim().replace(/^`|`$/g, '')))
    .filter((text) => text !== undefined)
    .map((text) => `${id}: ${text}`)
}

function complaint(reference: string): string | undefined {
  const [path, name] = reference.split(' › ')
  if (path === undefined || name === undefined) return 'neither a test nor a reason'
  if (!files.has(path)) return `no file ${path}`
  return titlesOf(path).has(name) ? undefined : `no test "${name}" in ${path}`
}

const known = new Map<string, Set<string>>()

function titlesOf(path: string): Set<string> {
  let titles = known.get(path)
  if (!titles) known.set(path, (titles = titlesIn(path, readText(path))))
  return titles
}

/** The titles of the tests that a file runs, as they are written: `%s` and `${…}` are not filled in. */
function titlesIn(path: string, text: string): Set<string> {
  const titles = new Set<string>()
  const skipped: SyntaxNode[] = []
  walk(parseText(path, text), (node) => {
    if (node.type !== 'CallExpression') return
    const [root, ...modifiers] = calleeNames(node['callee'] as SyntaxNode)
    if (root !== 'it' && root !== 'test' && root !== 'describe') return
    if (modifiers.some((modifier) => modifier === 'skip' || modifier === 'todo')) skipped.push(node)
    else if (root !== 'describe' && !skipped.some((outer) => contains(outer, node))) {
      const title = titleOf((node['arguments'] as SyntaxNode[])[0], text)
      if (title !== undefined) titles.add(title)
    }
  })
  return titles
}

/** `['it', 'each']` for `it.each(rows)`, called or not. */
function calleeNames(callee: SyntaxNode): string[] {
  if (callee.type === 'Identifier') return [String(callee['name'])]
  if (callee.type === 'CallExpression') return calleeNames(callee['callee'] as SyntaxNode)
  if (callee.type === 'TaggedTemplateExpression') return calleeNames(callee['tag'] as SyntaxNode)
  if (callee.type !== 'MemberExpression') return []
  return [...calleeNames(callee['object'] as SyntaxNode), String((callee['property'] as SyntaxNode)['name'])]
}

function titleOf(argument: SyntaxNode | undefined, text: string): string | undefined {
  if (argument?.type === 'Literal') return String(argument['value'])
  if (argument?.type === 'TemplateLiteral') return text.slice(argument.start + 1, Number(argument['end']) - 1)
  return undefined
}

function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.start <= inner.start && Number(inner['end']) <= Number(outer['end'])
}
