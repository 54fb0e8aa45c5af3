import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { examplesOf } from './examples.js'

const exec = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))

// from npm's cache where it can be: `npm ci` has put nearly everything there
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']

/** An empty project into which the packed package was installed, with the fixtures beside it. */
export class Consumer {
  readonly directory = mkdtempSync(join(tmpdir(), 'keelson-consumer-'))
  #tarball = ''

  /** Packs the package as publishing would, and installs it as a user would. */
  async install(): Promise<void> {
    writeFileSync(join(this.directory, 'package.json'), '{ "private": true, "type": "module" }\n')
    await execute('npm', ['pack', '--pack-destination', this.directory], root)
    const tarball = readdirSync(this.directory).find((file) => file.endsWith('.tgz'))
    if (tarball === undefined) throw new Error('npm pack wrote no tarball')
    this.#tarball = join(this.directory, tarball)
    await this.run('npm', ...INSTALL, this.#tarball)
    // what a project in TypeScript has besides; linked, since downloading it again would prove nothing
    cpSync(fixtures, this.directory, { recursive: true })
    const types = join(this.directory, 'node_modules', '@types')
    symlinkSync(join(root, 'node_modules', '@types'), types, 'junction')
  }

  /** Runs a command in the project; resolves with what it printed, rejects with all of it when it fails. */
  run(command: string, ...args: string[]): Promise<string> {
    return execute(command, args, this.directory)
  }

  /** The same in a folder of the project. */
  runIn(folder: string, command: string, ...args: string[]): Promise<string> {
    return execute(command, args, join(this.directory, folder))
  }

  /** Installs what a folder of the project asks for, and the packed package in place of a published one. */
  async installIn(folder: string): Promise<void> {
    const file = join(this.directory, folder, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> }
    manifest.dependencies['keelson'] = `file:${this.#tarball}`
    writeFileSync(file, JSON.stringify(manifest))
    await this.runIn(folder, 'npm', ...INSTALL)
  }

  /** Runs the `bin` of a package that this repository has installed. */
  tool(name: string, ...args: string[]): Promise<string> {
    const folder = join(root, 'node_modules', name)
    const { bin } = manifestIn(folder)
    const path = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0]
    return this.run(process.execPath, join(folder, path ?? ''), ...args)
  }

  /** The declaration file of each entry point of the installed package. */
  typesOfEntries(): string[] {
    const folder = this.#installed()
    return Object.values(manifestIn(folder).exports ?? {}).flatMap((entry) =>
      typeof entry === 'string' ? [] : join(folder, entry.types)
    )
  }

  /** Writes each example of the comments of the installed package as a file into `examples/`; gives their texts. */
  writeExamples(): string[] {
    const folder = this.#installed()
    const files = this.packageFiles().filter((file) => file.endsWith('.d.ts'))
    const [front, testing] = this.typesOfEntries()
    const entries = { keelson: front!, 'keelson/testing': testing! }
    const examples = examplesOf(
      files.map((file) => join(folder, file)),
      entries
    )
    for (const [index, text] of examples.entries())
      writeFileSync(join(this.directory, 'examples', `example-${index}.ts`), text)
    return examples
  }

  /** The packages that the declarations of the installed package mention. */
  packagesOfTypes(): string[] {
    const files = this.packageFiles().filter((file) => file.endsWith('.d.ts'))
    const text = files.map((file) => readFileSync(join(this.#installed(), file), 'utf8')).join('\n')
    const imported = [...text.matchAll(/\bfrom '([^.'][^']*)'/g)].map(([, name]) => name!)
    const ofNode = (name: string): boolean => name.startsWith('node:') || name === 'NodeJS'
    const named = [...imported, ...(text.match(/\bNodeJS(?=\.)/g) ?? [])]
    return [...new Set(named.map((name) => (ofNode(name) ? '@types/node' : name)))]
  }

  /** The packages that the installed package says it needs, or can do with. */
  declaredPackages(): string[] {
    const { dependencies = {}, peerDependencies = {} } = manifestIn(this.#installed())
    return Object.keys({ ...dependencies, ...peerDependencies })
  }

  /** The files of the installed package, without its dependencies. */
  packageFiles(): string[] {
    const folder = this.#installed()
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/')
      )
      .toSorted()
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #installed(): string {
    return join(this.directory, 'node_modules', 'keelson')
  }
}

interface Manifest {
  readonly bin?: string | Record<string, string>
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly exports?: Record<string, string | { types: string }>
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

async function execute(command: string, args: string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await exec(command, args, { cwd, shell: process.platform === 'win32' })
    return stdout.trim()
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error })
  }
}
