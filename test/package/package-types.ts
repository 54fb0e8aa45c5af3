import ts from 'typescript'

/** The types of a package as the compiler sees them, and what its entries hand out. */
export interface PackageTypes {
  readonly checker: ts.TypeChecker
  readonly exported: ReadonlySet<ts.Symbol>
}

/** Reads the declarations that these entries lead to. */
export function readTypes(entries: readonly string[]): PackageTypes {
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    skipLibCheck: true
  })
  const checker = program.getTypeChecker()
  const exportsOf = (entry: string): ts.Symbol[] => {
    const file = program.getSourceFile(entry)
    const module = file && checker.getSymbolAtLocation(file)
    if (!module) throw new Error(`${entry} is no module`)
    return checker.getExportsOfModule(module).flatMap((symbol) => resolve(checker, symbol) ?? [])
  }
  return { checker, exported: new Set(entries.flatMap(exportsOf)) }
}

/** What a symbol stands for, where it was only handed on. */
export function resolve(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): ts.Symbol | undefined {
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}
