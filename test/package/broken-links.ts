import ts from 'typescript'
import { readTypes } from './package-types.js'

/**
 * The `{@link …}`s of a package that lead nowhere, in the files that its entries hand something out of: the compiler leaves
 * out imports that only comments refer to.
 */
export function brokenLinks(entries: readonly string[]): string[] {
  const { checker, exported } = readTypes(entries)
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
  for (const { declarations = [] } of exported)
    for (const declaration of declarations)
      if (!declaration.getSourceFile().fileName.includes('tsyringe')) look(declaration)
  return [...broken].toSorted()
}
