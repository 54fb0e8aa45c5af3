import ts from 'typescript'

/**
 * The types that the signatures of a package mention but that nobody can import from it, each with the exports that
 * mention it. A project that emits declarations cannot name the types it infers from such an export.
 */
export function forgottenTypes(entries: readonly string[]): string[] {
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    skipLibCheck: true
  })
  const checker = program.getTypeChecker()
  const exported = new Set(entries.flatMap((entry) => exportsOf(program, checker, entry)))
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

function exportsOf(program: ts.Program, checker: ts.TypeChecker, entry: string): ts.Symbol[] {
  const file = program.getSourceFile(entry)
  const module = file && checker.getSymbolAtLocation(file)
  if (!module) throw new Error(`${entry} is no module`)
  return checker.getExportsOfModule(module).flatMap((symbol) => resolve(checker, symbol) ?? [])
}

function nameOfType(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName
  if (ts.isExpressionWithTypeArguments(node)) return node.expression
  return ts.isImportTypeNode(node) ? node.qualifier : undefined
}

function resolve(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): ts.Symbol | undefined {
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
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
