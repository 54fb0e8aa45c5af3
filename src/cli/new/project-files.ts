/** What a new project is called, and which Keelson it asks for. */
export interface ProjectDetails {
  readonly name: string
  readonly keelsonVersion: string
}

/** The files of a new project, by their paths. */
export function projectFiles({ name, keelsonVersion }: ProjectDetails): Readonly<Record<string, string>> {
  return {
    'package.json': json({
      name,
      version: '0.1.0',
      private: true,
      type: 'module',
      engines: { node: '>=20.19.0' },
      keelson: { entry: 'src/app.module.ts' },
      scripts: {
        start: 'keelson start',
        dev: 'keelson start --watch',
        graph: 'keelson graph',
        check: 'tsc && keelson check',
        test: 'node --import @oxc-node/core/register --test test/greeter.test.ts',
        build: 'tsc -p tsconfig.build.json',
        'start:built': 'keelson start dist/app.module.js'
      },
      dependencies: { keelson: `^${keelsonVersion}` },
      devDependencies: {
        '@oxc-node/core': '^0.0.35',
        '@types/node': '^20.19.0',
        typescript: '^7.0.2'
      }
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        module: 'nodenext',
        types: ['node'],
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
        strict: true,
        skipLibCheck: true,
        noEmit: true
      },
      include: ['src', 'test']
    }),
    'tsconfig.build.json': json({
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, rootDir: 'src', outDir: 'dist', sourceMap: true },
      include: ['src']
    }),
    '.gitignore': 'node_modules/\ndist/\n*.log\n',
    'src/app.module.ts': APP_MODULE,
    'src/greeter.ts': GREETER,
    'src/greetings.ts': GREETINGS,
    'test/greeter.test.ts': TEST,
    'README.md': readme(name)
  }
}

const APP_MODULE = `import { Module } from 'keelson'
import { Greeter } from './greeter.js'
import { Greetings } from './greetings.js'

/** What the program is made of. */
@Module({ providers: [Greeter, Greetings] })
export class AppModule {}
`

const GREETER = `import { Service, ServiceContext, Timer } from 'keelson'
import { Greetings } from './greetings.js'

/** Says something every second. Starts after Greetings, since it needs it, and stops before it. */
@Service()
export class Greeter {
  constructor(private readonly greetings: Greetings) {}

  @Timer('1s')
  greet({ log }: ServiceContext): void {
    log.info(this.greetings.next())
  }
}
`

const GREETINGS = `import { Service, ServiceContext } from 'keelson'

/** Knows what to say. */
@Service()
export class Greetings {
  private count = 0

  async onStart({ log }: ServiceContext): Promise<void> {
    log.info('connect to something here')
  }

  next(): string {
    this.count += 1
    return \`hello, for the \${this.count}. time\`
  }

  async onShutdown({ log }: ServiceContext): Promise<void> {
    log.info('greetings given: %d', this.count)
  }
}
`

const TEST = `import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createTestApplication } from 'keelson/testing'
import { AppModule } from '../src/app.module.js'
import { Greetings } from '../src/greetings.js'

it('greets every second', async () => {
  const said: string[] = []
  const greetings = { next: () => 'hello from a test' }
  const app = await createTestApplication(AppModule).override(Greetings).useValue(greetings).start()
  await app.clock.advance('10s')
  for (const { msg } of app.logs) if (msg === 'hello from a test') said.push(msg)
  await app[Symbol.asyncDispose]()
  assert.equal(said.length, 10)
})
`

function readme(name: string): string {
  return `# ${name}

    npm install
    npm run dev      # runs src/app.module.ts, anew when a file changes; Ctrl-C stops it in order
    npm test         # a test on a clock that stands still until it is moved
    npm run check    # types, then the wiring: everything that is wrong, at once
    npm run graph    # who needs whom

For production: \`npm run build\`, then \`node_modules/.bin/keelson start dist/app.module.js\`, which gets the SIGTERM that ends it in
order; npm and npx may keep that to themselves. When something does not work: \`npx keelson doctor\`.
`
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
