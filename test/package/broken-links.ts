import ts from 'typescript'

/**
 * The `{@link …}`s of a package that lead nowhere, in the files that its entries hand something out of: the compiler leaves
 * out imports that only comments refer to.
 */
export function brokenLinks(entries: readonly string[]): string[] {
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    skipLibCheck: true
  })
  const checker = program.getTypeChecker()
  const broken = new Set<string>()

  const look = (node: ts.Node): void => {
    for (const comment of ts.getJSDocCommentsAndTags(node)) lookInto(comment)
    ts.forEachChild(node, look)
  }
  const lookInto = (comment: ts.Node): void => {
    if (ts.isJSDocLink(comment) && !(comment.name && checker.getSymbolAtLocation(comment.name))) {
      broken.add(comment.getText())
    }
    ts.forEachChild(comment, lookInto)
  }
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)
    for (const exported of checker.getExportsOfModule(module!)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      for (const declaration of symbol.declarations ?? []) {
        if (!declaration.getSourceFile().fileName.includes('tsyringe')) look(declaration)
      }
    }
  }
  return [...broken].toSorted()
}
