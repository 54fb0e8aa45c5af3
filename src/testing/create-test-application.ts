import { buildApplication, checkOptions, rootKind, type ApplicationOptions } from '../app/index.js'
import { ConfigurationError } from '../errors/index.js'
import { createLogger, loadPino } from '../logging/index.js'
import { refuse } from '../metadata/index.js'
import {
  tokenName,
  type Class,
  type FactoryProvider,
  type ModuleClass,
  type Provider,
  type Token
} from '../tokens/index.js'
import type { Root } from '../wiring/index.js'
import { driveTime } from './drive-time.js'
import { Forbearance } from './forbearance.js'
import { Construction } from './owners.js'
import { openHandles } from './real-work.js'
import { watchRealWork } from './real-timers.js'
import { isSlice, type Slice } from './slice.js'
import { DrivenApplication } from './driven-application.js'
import type { LogRecord, TestApplication } from './test-application.js'
import { TestClock } from './test-clock.js'

/** What is to stand in for a token. Its dependencies are those that the module sees whose provider it replaces. */
export interface Override {
  /** This value, as it is: hooks of an object whose class is not marked are not called. */
  useValue(value: unknown): TestApplicationBuilder
  /** An instance of this class; a service where it is marked as one. */
  useClass(class_: Class): TestApplicationBuilder
  /** What this function makes, which may be async. `inject` is what it is called with; default: nothing. */
  useFactory(
    factory: FactoryProvider['useFactory'],
    inject?: FactoryProvider['inject']
  ): TestApplicationBuilder
  /** What this other token stands for. */
  useExisting(token: Token): TestApplicationBuilder
}

/** What only a process has, and the logger: a test application keeps its lines. */
const NOT_IN_TESTS = [
  'logger',
  'signals',
  'dumpSignal',
  'runUntil',
  'control',
  'blockingTimeout',
  'redirectConsole'
] as const satisfies (keyof ApplicationOptions)[]

/** Options of a test application: those of an application, without what only a process has. */
export type TestApplicationOptions = Omit<ApplicationOptions, 'clock' | (typeof NOT_IN_TESTS)[number]> & {
  /** Default: one of its own, which begins at 2026-01-01T00:00:00Z. Several applications may share one. */
  readonly clock?: TestClock | undefined
}

/** Where a slice of no modules gets what it lacks. */
const TO_SLICE = 'the option providers, or name the modules that have it: slice(…, { from: AppModule })'

/** Gathers what is to be different in a test; {@link start} or {@link create} makes the application. */
export class TestApplicationBuilder {
  readonly #root: Root | Slice
  readonly #options: TestApplicationOptions
  readonly #overrides: Provider[] = []
  readonly #modules = new Map<ModuleClass, unknown>()
  #mocker: ((token: Token) => unknown) | undefined

  /** @internal made by `createTestApplication` */
  constructor(root: Root | Slice, options: TestApplicationOptions) {
    this.#root = root
    this.#options = options
  }

  /** Puts something else in the place of what the application provides under a token. */
  override(token: Token): Override {
    const add = (provider: Provider): this => {
      this.#overrides.push(provider)
      return this
    }
    return {
      useValue: (useValue) => add({ provide: token, useValue }),
      useClass: (useClass) => add({ provide: token, useClass }),
      useFactory: (useFactory, inject = []) => add({ provide: token, useFactory, inject }),
      useExisting: (useExisting) => add({ provide: token, useExisting })
    }
  }

  /**
   * Puts another module in the place of one, wherever it is imported.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION`, from `useModule()`, for what is no module
   */
  overrideModule(module: ModuleClass): { useModule(other: ModuleClass): TestApplicationBuilder } {
    return {
      useModule: (other) => {
        if (rootKind(other) !== 'module') throw noModule(module, other)
        this.#modules.set(module, other)
        return this
      }
    }
  }

  /** Supplies what nothing provides, unless it answers `undefined`. */
  useMocker(mocker: (token: Token) => unknown): this {
    if (typeof mocker !== 'function') throw refuse('mocker of useMocker()', mocker, 'a function')
    this.#mocker = mocker
    return this
  }

  /** Builds and checks the application, and does not start it. */
  async create(): Promise<TestApplication> {
    checkOptions(this.#options, NOT_IN_TESTS)
    await loadPino()
    watchRealWork()
    const before = openHandles()
    const clock = clockOf(this.#options)
    const { providers: given = [] } = this.#options
    // what is no list is refused where the values of options are
    const providers = isList(given) ? [...given, ...this.#overrides] : given
    const logs: LogRecord[] = []
    const target = { write: (line: string) => void logs.push(JSON.parse(line) as LogRecord) }
    const logger = createLogger({ level: 'trace' }, { clock, target })
    const root = this.#root
    const slice = isSlice(root) ? root : undefined
    const construction = new Construction()
    const built = construction.run(() =>
      buildApplication(
        slice === undefined ? root : slice.from === undefined ? [] : slice.from,
        { ...this.#options, clock, logger, providers },
        {
          overrideModules: this.#modules,
          mocker: this.#mocker,
          only: slice?.tokens,
          missingGoesTo: slice !== undefined && slice.from === undefined ? TO_SLICE : undefined,
          make: (...base) => new DrivenApplication(base, { logs, before, construction })
        }
      )
    )
    return driveTime(clock, before, new Forbearance(before), built)
  }

  /** Builds the application and starts it. When the start fails, it is disposed. */
  async start(): Promise<TestApplication> {
    const app = await this.create()
    try {
      await app.start()
    } catch (error) {
      await app[Symbol.asyncDispose]().catch(() => undefined)
      throw error
    }
    return app
  }
}

function isList(providers: readonly Provider[]): boolean {
  return Array.isArray(providers)
}

function noModule(module: ModuleClass, other: unknown): ConfigurationError {
  const hint =
    other === undefined
      ? 'The files import each other: import the module from its own file.'
      : 'Give a class that is marked with @Module().'
  return refuse(`what stands in for ${tokenName(module)}`, other, 'a module', hint)
}

function clockOf({ clock = new TestClock() }: TestApplicationOptions): TestClock {
  if (clock instanceof TestClock) return clock
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: 'the option clock of a test application must be a TestClock',
    hint: 'leave it out, or give new TestClock(start); createApplication() takes any clock.'
  })
}

/**
 * An application for tests: on virtual time, without a process, with its events and log lines kept.
 *
 * @example
 * ```ts
 * await using app = await createTestApplication(AppModule).override(Database).useValue(fake).start()
 * await app.clock.advance('5m')
 * expect(app.events.ofType('timer.ran')).toHaveLength(5)
 * ```
 */
export function createTestApplication(
  root: Root | Slice,
  options: TestApplicationOptions = {}
): TestApplicationBuilder {
  return new TestApplicationBuilder(root, options)
}
