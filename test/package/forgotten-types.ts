import ts from 'typescript'
import { readTypes, resolve } from './package-types.js'

/**
 * The types that the signatures of a package mention but that nobody can import from it, each with the exports that
 * mention it. A project that emits declarations cannot name the types it infers from such an export.
 */
export function forgottenTypes(entries: readonly string[]): string[] {
  const { checker, exported } = readTypes(entries)
  const forgotten = new Map<ts.Symbol, Set<string>>()

  const look = (node: ts.Node, owner: ts.Symbol): void => {
    if (isPrivate(node)) return
    const name = nameOfType(node)
    const symbol = name && resolve(checker, checker.getSymbolAtLocation(name))
    if (symbol && isOurs(symbol, entries) && !exported.has(symbol)) {
      const owners = forgotten.get(symbol) ?? new Set()
      forgotten.set(symbol, owners.add(owner.name))
    }
    ts.forEachChild(node, (child) => look(child, owner))
  }
  for (const symbol of exported) for (const node of symbol.declarations ?? []) look(node, symbol)

  return Array.from(
    forgotten,
    ([symbol, owners]) => `${symbol.name}: ${[...owners].toSorted().join(', ')}`
  ).toSorted()
}

function nameOfType(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName
  if (ts.isExpressionWithTypeArguments(node)) return node.expression
  return ts.isImportTypeNode(node) ? node.qualifier : undefined
}

/** Whether a type, no type parameter, is declared in the package that the entries belong to. */
function isOurs(symbol: ts.Symbol, entries: readonly string[]): boolean {
  if (symbol.flags & ts.SymbolFlags.TypeParameter) return false
  const folder = entries[0]?.replace(/[^/]*$/, '') ?? ''
  return symbol.declarations?.some((node) => node.getSourceFile().fileName.startsWith(folder)) ?? false
}

function isPrivate(node: ts.Node): boolean {
  return ts.isClassElement(node) && (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0
}
