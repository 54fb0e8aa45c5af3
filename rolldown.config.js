import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** What users load: the `.js` files that package.json names, each from the source of the same name. */
function entries() {
  const { exports, bin } = JSON.parse(readFileSync('package.json', 'utf8'))
  const files = [...Object.values(exports), bin].flatMap(filesIn).filter((file) => file.endsWith('.js'))
  return Object.fromEntries(files.map(nameOf).map((name) => [name, `src/${name}.ts`]))
}

function filesIn(value) {
  if (typeof value === 'string') return [value]
  return Object.values(value ?? {}).flatMap(filesIn)
}

const nameOf = (file) => file.replace(/^\.\/dist\//, '').replace(/\.js$/, '')

/** As few files as can be, since each costs a millisecond or two of import: what entries share is in one of its own. */
export default {
  input: entries(),
  external: /^[^./]/,
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    // they are in the sources, which the maps contain; a third of the text that is read at each import
    comments: false,
    entryFileNames: '[name].js',
    // after its last module: the name of a source file, as everything in dist/ has; some are asked for, but never made
    chunkFileNames: ({ moduleIds, name }) =>
      moduleIds.length === 0 ? `${name}.js` : relative('src', moduleIds.at(-1)).replace(/\.ts$/, '.js')
  }
}
