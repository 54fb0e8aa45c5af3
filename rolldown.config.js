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

/**
 * Joined into our own files: a package costs 3 ms of import, one in CommonJS 18, and of these nobody shares a class
 * with us. Not so rxjs, tsyringe and pino, whose classes and instances are those that the user's program has;
 * nor croner, a twelfth of the whole, which few need: they are loaded late.
 */
const JOINED = { '@lukeed/ms': '@lukeed/ms', 'reflect-metadata': 'reflect-metadata/lite' }

const isJoined = (id) => Object.keys(JOINED).some((name) => id === name || id.startsWith(`${name}/`))

/** As few files as can be, since each costs a millisecond of import: one for what the command needs as well, one for the rest. */
const groups = [
  {
    name: 'base',
    test: (id) => /src.(errors|graph|logging|time|tokens)|lukeed|reflect-metadata|rolldown.runtime/.test(id)
  },
  { name: 'framework', test: (id) => /src.(?!cli|control|testing|index)|node_modules/.test(id) }
]

/** Leaves ASCII only, which Node.js decodes and V8 scans in half the time: 6 ms of 52. Lines stay what they were. */
const ascii = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = escapeAll(file.code)
  }
}

const escapeAll = (code) =>
  code.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

export default {
  input: entries(),
  external: (id) => /^[^./]/.test(id) && !isJoined(id),
  resolve: { alias: JOINED },
  plugins: [ascii],
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    // they are in the sources, which the maps contain; a third of the text that is read at each import
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: { groups },
    entryFileNames: '[name].js',
    // after its last module: the name of a source file, as everything in dist/ has; some are asked for, but never made
    chunkFileNames: ({ moduleIds, name }) =>
      moduleIds.length === 0 ? `${name}.js` : relative('src', moduleIds.at(-1)).replace(/\.ts$/, '.js')
  }
}
