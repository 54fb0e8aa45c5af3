import {
  DependsOn,
  Service,
  type Class,
  type ServiceContext,
  type ServiceOptions,
  type Token,
  type WantedDependency
} from 'keelson'

const HOOKS = [
  'onFirstStart',
  'onStart',
  'onStarted',
  'onReady',
  'onDrain',
  'onStop',
  'onShutdown',
  'onRestart'
] as const

/** The name of a hook. */
export type Hook = (typeof HOOKS)[number]

/** What a hook of a journaled service does, beside writing its name. */
export type HookBody = (context: ServiceContext) => unknown

type Needs = readonly (Token | WantedDependency)[]

/** What a journaled service is like. */
export type Spec = { readonly [Name in Hook]?: HookBody } & {
  /** For `@DependsOn`. */
  readonly needs?: Needs
  /** For `@Service`. */
  readonly options?: ServiceOptions
}

/** What services did, in order: a line for every call of a hook. */
export class Journal {
  readonly lines: string[] = []

  /** Writes a line. */
  note(line: string): void {
    this.lines.push(line)
  }

  /** What has been written since the last call. */
  take(): string[] {
    return this.lines.splice(0)
  }

  /** Makes a service whose `onStart`, `onStop` and given hooks write `Name.hook`, and `Name.constructor` if asked. */
  service(name: string, spec: Spec = {}): Class<object> {
    const { needs, options } = spec
    const cls = { [name]: class {} }[name] as Class<object>
    const hooks = HOOKS.filter((hook) => hook === 'onStart' || hook === 'onStop' || spec[hook] !== undefined)
    for (const hook of hooks) {
      const value = (context: ServiceContext): unknown => {
        this.note(`${name}.${hook}`)
        return spec[hook]?.(context)
      }
      Object.defineProperty(cls.prototype, hook, { value, configurable: true, writable: true })
    }
    ;(Service(options) as ClassDecorator)(cls)
    if (needs !== undefined) (DependsOn(...needs) as ClassDecorator)(cls)
    return cls
  }
}

/** A hook that takes so long, whatever happens. */
export function takes(ms: number): HookBody {
  return ({ clock }) =>
    new Promise((resolve) => {
      clock.setTimeout(() => resolve(undefined), ms)
    })
}

/** A hook that never comes to an end. */
export function never(): Promise<never> {
  return new Promise(() => {})
}

/** A hook that throws `error` at once. */
export function throws(error: unknown): HookBody {
  return () => {
    throw error
  }
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was not rejected')
}

/** What was thrown; undefined when nothing was. */
export function thrown(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}
