import {
  DependsOn,
  inject,
  Module,
  Service,
  ServiceContext,
  Supervisor,
  wanted,
  type Class,
  type LifecycleEvent,
  type ModuleClass,
  type ServiceHandle,
  type SupervisorOptions
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import type { Decision, Part } from './decision-table.js'

/** A row of the table as an application: modules, services, children and supervisors by the names of its parts. */
export class LiveWorld {
  readonly app: TestApplication
  readonly #parts: Readonly<Record<string, Part>>
  readonly #contexts: ReadonlyMap<string, ServiceContext>

  static async of({ parts, spent = [] }: Decision): Promise<LiveWorld> {
    const builder = new Builder(parts, spent)
    const app = await createTestApplication(builder.root(), {
      name: 'App',
      ...(parts['App'] === undefined ? {} : { supervisor: builder.optionsOf('App') })
    }).start()
    const world = new LiveWorld(app, parts, builder.contexts)
    for (const [name, part] of Object.entries(parts)) if (part.down === true) await world.handle(name).stop()
    app.events.clear()
    return world
  }

  constructor(
    app: TestApplication,
    parts: Readonly<Record<string, Part>>,
    contexts: ReadonlyMap<string, ServiceContext>
  ) {
    this.app = app
    this.#parts = parts
    this.#contexts = contexts
  }

  /** The name that a part has in the application. */
  liveName(part: string): string {
    const { by } = this.#parts[part]!
    return by !== undefined && this.#isPool(by) ? `${by}/${part.split('/').at(-1)!}` : part
  }

  handle(part: string): ServiceHandle {
    const name = this.liveName(part)
    const all = [...this.app.services]
    for (const one of all) {
      if (one.name === name) return one
      all.push(...one.children)
    }
    throw new Error(`no ${name} among ${all.map((one) => one.name).join(', ')}`)
  }

  context(part: string): ServiceContext {
    return this.#contexts.get(part)!
  }

  /** Whether it stands in the application as a service of its own: supervisors of modules do not. */
  isService(part: string): boolean {
    return this.#parts[part]!.strategy === undefined || this.#isPool(part)
  }

  /** Parts, in the order of those events. */
  partsIn(type: 'service.stopped' | 'service.started' | 'service.crashed'): string[] {
    const names = Object.keys(this.#parts).filter((part) => this.isService(part))
    const byLiveName = new Map(names.map((part) => [this.liveName(part), part]))
    return this.app.events
      .ofType(type)
      .map((event: LifecycleEvent & { service: string }) => byLiveName.get(event.service) ?? event.service)
  }

  /** All that need a part, directly or not. */
  dependantsOf(part: string): Set<string> {
    const found = new Set([part])
    for (const needed of found) {
      for (const [name, { needs = [] }] of Object.entries(this.#parts))
        if (needs.includes(needed)) found.add(name)
    }
    found.delete(part)
    return found
  }

  /** A supervisor made by hand. */
  #isPool(part: string): boolean {
    const { strategy, owner } = this.#parts[part]!
    return strategy !== undefined && owner !== undefined
  }
}

class Builder {
  readonly contexts = new Map<string, ServiceContext>()
  readonly #classes = new Map<string, Class<object>>()
  readonly #parts: Readonly<Record<string, Part>>
  readonly #spent: readonly string[]

  constructor(parts: Readonly<Record<string, Part>>, spent: readonly string[]) {
    this.#parts = parts
    this.#spent = spent
  }

  root(): ModuleClass {
    const modules = Object.keys(this.#parts).filter((name) => this.#isModule(name) && name !== 'App')
    const providers = Object.keys(this.#parts).filter((name) => {
      const { by, owner, strategy } = this.#parts[name]!
      return strategy === undefined && owner === undefined && (by === undefined || by === 'App')
    })
    const imports = modules.map((name) => this.#module(name))
    return this.#moduleClass('Root', { imports, providers: providers.map((name) => this.#class(name)) })
  }

  optionsOf(supervisor: string): SupervisorOptions {
    const { strategy } = this.#parts[supervisor]!
    return {
      strategy: strategy!,
      maxRestarts: this.#spent.includes(supervisor) ? 0 : 5,
      backoff: false
    }
  }

  #isModule(name: string): boolean {
    const { strategy, owner } = this.#parts[name]!
    return strategy !== undefined && owner === undefined
  }

  #module(name: string): ModuleClass {
    const members = Object.keys(this.#parts).filter((part) => this.#parts[part]!.by === name)
    const providers = members.map((part) => this.#class(part))
    return this.#moduleClass(name, {
      providers,
      exports: providers,
      global: true,
      supervisor: this.optionsOf(name)
    })
  }

  #moduleClass(name: string, options: Parameters<typeof Module>[0]): ModuleClass {
    const module = { [name]: class {} }[name]!
    ;(Module(options) as ClassDecorator)(module)
    return module
  }

  #class(name: string): Class<object> {
    const known = this.#classes.get(name)
    if (known !== undefined) return known
    const { restart = 'transient', needs = [] } = this.#parts[name]!
    const children = Object.keys(this.#parts).filter((part) => this.#parts[part]!.owner === name)
    const make = (part: string): object => this.#child(part)
    const { contexts } = this
    const service = {
      [name]: class {
        constructor() {
          const { addChild } = inject(ServiceContext)
          for (const child of children) void addChild(make(child), { name: child.split('/').at(-1)! })
        }
        onStart(context: ServiceContext): void {
          contexts.set(name, context)
        }
      }
    }[name] as Class<object>
    ;(Service({ restart }) as ClassDecorator)(service)
    // What is down has let its dependants run on: that only comes of a crash that ended it.
    const tokens = needs
      .filter((other) => this.#parts[other]!.down !== true)
      .map((other) =>
        this.#parts[other]!.mayFail === true ? wanted(this.#class(other)) : this.#class(other)
      )
    ;(DependsOn(...tokens) as ClassDecorator)(service)
    this.#classes.set(name, service)
    return service
  }

  #child(name: string): object {
    const { strategy, restart = 'transient' } = this.#parts[name]!
    if (strategy !== undefined) {
      const members = Object.keys(this.#parts).filter((part) => this.#parts[part]!.by === name)
      return new Supervisor(
        members.map((part) => this.#child(part)),
        this.optionsOf(name)
      )
    }
    const last = name.split('/').at(-1)!
    const children = Object.keys(this.#parts).filter((part) => this.#parts[part]!.owner === name)
    const make = (part: string): object => this.#child(part)
    const service = {
      [last]: class {
        async onStart({ addChild }: ServiceContext): Promise<void> {
          for (const child of children) await addChild(make(child), { name: child.split('/').at(-1)! })
        }
      }
    }[last] as Class<object>
    ;(Service({ restart }) as ClassDecorator)(service)
    return new (service as unknown as new () => object)()
  }
}
