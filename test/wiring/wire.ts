import type { Problem } from '../../src/errors/index.js'
import { Clock, systemClock, type TimerHandle } from '../../src/time/index.js'
import type { Token } from '../../src/tokens/index.js'
import {
  type AssembledService,
  assemble,
  type Assembly,
  type AssemblyPort,
  collect,
  type CollectOptions,
  link,
  type WiringPlan
} from '../../src/wiring/index.js'

/** Stands in for what the application supplies. */
export abstract class Ambient {
  abstract readonly requester: AssembledService | undefined
}

/** What these tests take for an instance with a lifecycle of its own. */
export class BareService {
  given: string | undefined

  /** One with a name. */
  static named(name: string): BareService {
    const service = new BareService()
    service.given = name
    return service
  }
}

const OPTIONS: CollectOptions = {
  ambientTokens: new Set<Token>([Ambient]),
  isServiceInstance: (value) => value instanceof BareService,
  instanceName: (value) => (value instanceof BareService ? value.given : undefined)
}

/** Collects and links. */
export async function plan(root: unknown, options: CollectOptions = {}): Promise<WiringPlan> {
  return link(await collect(root, { ...OPTIONS, ...options }))
}

/** What is wrong with a root. */
export async function problemsOf(root: unknown, options: CollectOptions = {}): Promise<readonly Problem[]> {
  return (await plan(root, options)).problems
}

/** The codes of what is wrong with a root. */
export async function codesOf(root: unknown, options: CollectOptions = {}): Promise<string[]> {
  return (await problemsOf(root, options)).map((problem) => problem.code)
}

/** Collects, links, checks and constructs. */
export async function wire(
  root: unknown,
  options: CollectOptions = {},
  port: Partial<AssemblyPort> = {}
): Promise<Assembly> {
  const checked = await plan(root, options)
  checked.throwIfUnsound()
  return assemble(checked, {
    clock: systemClock,
    ambient: (token, requester) => (token === Ambient ? { requester } : undefined),
    ...port
  })
}

/** The modules whose `providers` lead to a service, given its place in the start order. */
export function listersOf(assembly: Assembly, index: number): string[] {
  const service = assembly.services[index]!
  return assembly.modules.filter((module) => assembly.listedBy(module).has(service)).map(({ name }) => name)
}

/** Names of services, in start order. */
export function names(assembly: Assembly): string[] {
  return assembly.services.map((service) => service.name)
}

/** What each service needs, as `kind Name`. */
export function needs(assembly: Assembly): Record<string, string[]> {
  return Object.fromEntries(
    assembly.services.map((service) => [
      service.name,
      service.dependencies.map((dependency) => `${dependency.kind} ${dependency.service.name}`)
    ])
  )
}

/** What was thrown or rejected with. */
export async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing failed')
}

/** Time that stands still until it is told. */
export class HandClock extends Clock {
  readonly timers = new Set<{ readonly run: () => void; readonly at: number }>()
  #now = 0

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  setTimeout(run: () => void, delay: number): TimerHandle {
    const timer = { run, at: this.#now + delay }
    this.timers.add(timer)
    return timer
  }

  clearTimeout(handle: TimerHandle): void {
    this.timers.delete(handle as never)
  }

  /** Runs what falls due. */
  pass(milliseconds: number): void {
    this.#now += milliseconds
    for (const timer of [...this.timers].toSorted((a, b) => a.at - b.at)) {
      if (timer.at <= this.#now && this.timers.delete(timer)) timer.run()
    }
  }
}

/** A promise and what settles it. */
export function deferred<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T | PromiseLike<T>) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

export interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T | PromiseLike<T>) => void
  readonly reject: (reason: unknown) => void
}

/** Lets all that only needs microtasks happen. */
export async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
