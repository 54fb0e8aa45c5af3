import { readFileSync } from 'node:fs'

const COMMENT = /\/\*\*[\s\S]*?\*\//g
const CODE = /```ts\n([\s\S]*?)```/g
/** It shows a method or a constructor, and leaves out the class around it. */
const MEMBER = /^(@\w+\(.*\) (async )?\w+\(|constructor\()/

/**
 * The examples in the comments of a package, as modules that can be compiled: with imports of what they use of it, and a
 * class around members that are shown alone. A body of `…` is empty.
 *
 * @param files declaration files with comments
 * @param entries by what one imports them, the declaration file of each entry point
 */
export function examplesOf(files: readonly string[], entries: Readonly<Record<string, string>>): string[] {
  const offered = Object.entries(entries).map(([from, file]) => ({ from, names: namesExportedBy(file) }))
  return files.flatMap((file) => codeIn(readFileSync(file, 'utf8'))).map((code) => asModule(code, offered))
}

function codeIn(text: string): string[] {
  const comments = (text.match(COMMENT) ?? []).map((comment) => comment.replaceAll(/^ *\* ?/gm, ''))
  return comments.flatMap((comment) => Array.from(comment.matchAll(CODE), ([, code]) => code!))
}

function namesExportedBy(file: string): string[] {
  const lists = readFileSync(file, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)
  return Array.from(lists, ([, list]) => list!.match(/\w+/g) ?? []).flat()
}

function asModule(code: string, offered: readonly { from: string; names: string[] }[]): string {
  const own = new Set(Array.from(code.matchAll(/\b(?:class|const|interface) (\w+)/g), ([, name]) => name))
  const words = new Set(code.match(/\w+/g))
  const imports = offered.map(({ from, names }) => {
    const used = names.filter((name) => words.has(name) && !own.has(name))
    return `import { ${used.join(', ')} } from '${from}'\n`
  })
  const body = code.replaceAll('{ … }', '{}')
  return `${imports.join('')}${MEMBER.test(body) ? inClass(body) : body}`
}

function inClass(members: string): string {
  return `class Example extends Members {\n${members.replace(/^(constructor\(.*\)) \{\}/, '$1 { super() }')}}\n`
}
