import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createApplication,
  DependsOn,
  inject,
  Service,
  StartError,
  Timer,
  type Application,
  type ServiceContext
} from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { createLogger } from '../../src/logging/index.js'
import { colorsOf, failedStartTree, logStartTree, startTree } from '../../src/process/start-tree.js'
import { expectGolden } from '../golden.js'

@Service()
class Database {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep(80)
  }
}
@Service()
class Cache {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep(20)
  }
}
@Service()
class Orders {
  readonly db = inject(Database)
  readonly cache = inject(Cache)
  async onStart({ sleep, addChild }: ServiceContext): Promise<void> {
    await addChild(class Sweeper {})
    await sleep(5)
  }
  @Timer('1s') async sweep({ log }: ServiceContext): Promise<void> {
    log.info({ kept: 3 }, 'swept')
  }
}
@Service()
class Slow {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep(1000)
  }
}
@Service()
@DependsOn(Orders)
class Api {}

@Service()
class Broken {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep(30)
    throw new Error('connection refused')
  }
}

/** Starts, in vain, with a cache that cannot start. */
async function failing(): Promise<{ app: Driven; error: StartError }> {
  const app = await createTestApplication([Api, Slow]).override(Database).useClass(Broken).create()
  const error: unknown = await app.start().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StartError)
  return { app: app as Driven, error: error as StartError }
}

type Driven = TestApplication & Parameters<typeof failedStartTree>[0]

describe('the tree of a failed start', () => {
  it('shows what had started, what failed, and what never came to it', async () => {
    const { app, error } = await failing()
    expectGolden('terminal/failed-start.txt', failedStartTree(app, error, 0) ?? '')
    await app[Symbol.asyncDispose]()
  })

  it('has what failed in red, and what never started in orange', async () => {
    const { app, error } = await failing()
    const tree = failedStartTree(app, error, 256) ?? ''
    expect(tree).toContain('\u001B[31mBroken  failed in onStart\u001B[0m')
    expect(tree).toContain('\u001B[38;5;208mOrders  never started  (depends-on)\u001B[0m')
    expect(failedStartTree(app, error, 16)).toContain('\u001B[33m')
    await app[Symbol.asyncDispose]()
  })

  it('is not drawn for one service alone', async () => {
    const app = await createTestApplication(Broken).create()
    const error = (await app.start().catch((thrown: unknown) => thrown)) as StartError
    expect(failedStartTree(app as Driven, error, 0)).toBeUndefined()
    await app[Symbol.asyncDispose]()
  })

  it('of very many services is the path to the culprit', async () => {
    const many = Array.from({ length: 60 }, (_, index) => {
      class Idle {}
      Service({ name: `Idle${index}` })(Idle)
      return Idle
    })
    const app = await createTestApplication([...many, Api])
      .override(Cache)
      .useClass(Broken)
      .create()
    const error = (await app.start().catch((thrown: unknown) => thrown)) as StartError
    expectGolden('terminal/failed-start-of-many.txt', failedStartTree(app as Driven, error, 0) ?? '')
    await app[Symbol.asyncDispose]()
  })
})

describe('the colours of a stream', () => {
  it('are none unless it has some', () => {
    vi.stubEnv('FORCE_COLOR', undefined)
    expect(colorsOf({})).toBe(0)
    expect(colorsOf({ hasColors: () => false })).toBe(0)
    expect(colorsOf({ hasColors: (count = 2) => count < 256 })).toBe(16)
    expect(colorsOf({ hasColors: () => true })).toBe(256)
    vi.unstubAllEnvs()
  })
})

describe('a terminal', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keelson-terminal-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  /** What a terminal shows while `use` has an application. Only the minutes are left of the time of day. */
  async function shown(
    colors: boolean,
    use: (app: Application, clock: TestClock) => Promise<void>
  ): Promise<string> {
    const fd = openSync(join(directory, 'out'), 'w')
    const clock = new TestClock()
    const logger = createLogger(undefined, { clock, stdout: { fd, isTTY: true, hasColors: () => colors } })
    const app = await createApplication(Api, { clock, logger, name: 'Shop' })
    await use(app, clock)
    closeSync(fd)
    return readFileSync(join(directory, 'out'), 'utf8').replaceAll(/\d\d:(?=\d\d:\d\d\.\d{3})/g, '')
  }

  async function startAndStop(app: Application, clock: TestClock): Promise<void> {
    const starting = app.start()
    await clock.advance(100)
    await starting
    logStartTree(app)
    await clock.advance(1000)
    await app.stop('enough')
  }

  it('shows a start, its tree, and a stop, each service as deep as it stands', async () => {
    expectGolden('terminal/start-and-stop.txt', await shown(false, startAndStop))
  })

  it('shows them in colours', async () => {
    expectGolden('terminal/in-colours.txt', await shown(true, startAndStop))
  })

  it('shows a crash with its path, its stack and what it brings about', async () => {
    const text = await shown(false, async (app, clock) => {
      const starting = app.start()
      await clock.advance(100)
      await starting
      app.service(Orders).crash(new Error('page 7 is torn'))
      await app.waitUntilStopped().catch(() => undefined)
    })
    expectGolden('terminal/crash.txt', text.replaceAll(/(\n {8}at .*)+/g, '\n        at …'))
  })

  it('is shown no tree when it has asked for JSON', async () => {
    const lines: string[] = []
    const logger = createLogger(undefined, { target: { write: (line) => void lines.push(line) } })
    await using app = await createApplication(Api, { logger, clock: new TestClock() })
    logStartTree(app)
    expect(lines).toEqual([])
    expect(startTree(app)).toContain('Api')
  })
})
