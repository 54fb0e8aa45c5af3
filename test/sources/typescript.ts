import { readdirSync, readFileSync } from 'node:fs'
import { parseSync } from 'vite'

/** A node of the syntax tree, as far as these tests look at it. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

const root = new URL('../../', import.meta.url)

/** The path of every TypeScript file under a folder of the repository, in order. */
export function typescriptFiles(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .toSorted()
}

/** The text of a file of the repository. */
export function readText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

/** Parses TypeScript; a syntax error throws. */
export function parseText(path: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(path, text, { lang: 'ts' })
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  return program as unknown as SyntaxNode
}

/** Visits every node of a tree, parents first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit)
  }
}

/** The line of a node, counted from 1. */
export function lineOf(text: string, node: SyntaxNode): number {
  return text.slice(0, node.start).split('\n').length
}

/** `a.b.c` for an identifier or a chain of plain property accesses, else `undefined`. */
export function dottedName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Identifier') return String(node['name'])
  if (node.type !== 'MemberExpression' || node['computed'] === true) return undefined
  const object = dottedName(node['object'])
  return object && `${object}.${dottedName(node['property'])}`
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'
}
