import { closure, Digraph } from '../../src/graph/index.js'
import { type Candidate, decideRestart, findDecider, type RunEnd } from '../../src/supervisor/index.js'
import type { Decision, Part } from './decision-table.js'

/** What came of a {@link Decision}, in the terms of the table. */
export interface Outcome {
  stops: string[]
  restarts: string[]
  keeps: string[]
  charged: string | undefined
  alsoCrash: string[]
}

/** Lets the pure functions decide, and follows a crash up until nobody has anything more to decide. */
export function play({ parts, when, spent = [] }: Decision): Outcome {
  const world = new World(parts)
  const outcome: Outcome = { stops: [], restarts: [], keeps: [], charged: undefined, alsoCrash: [] }
  const [name, how] = read(when)
  const along = how === 'crash' ? [] : world.dependantsOf(name)
  for (const gone of [name, ...along]) world.goDown(gone)

  let crash: string | undefined = how === 'crash' ? name : undefined
  if (crash === undefined) {
    const { by } = parts[name]!
    if (by !== undefined) carryOut(by, name)
  }
  while (crash !== undefined) crash = climb(crash)
  outcome.keeps = world.services.filter(
    (service) => world.isUp(service) && !outcome.restarts.includes(service)
  )
  return outcome

  /** Gives the supervisor that crashes in turn. */
  function climb(from: string): string | undefined {
    const { crashed, supervisor, application } = findDecider(from, (part) => world.standing(part))
    if (!application && world.isSupervisor(from)) stop(world.members(from).toReversed())
    for (const part of crashed) {
      if (part !== name) outcome.alsoCrash.push(part)
      world.goDown(part)
      // running children crash with their owner
      for (const child of world.inside(part)) {
        if (!world.isSupervisor(part) && world.goDown(child)) outcome.alsoCrash.push(child)
      }
    }
    if (supervisor !== undefined) return carryOut(supervisor, crashed.at(-1)!)
    if (application) {
      outcome.alsoCrash.push('application')
      stop(world.services.toReversed())
    }
    return undefined
  }

  function carryOut(supervisor: string, ended: string): string | undefined {
    const candidates = world.candidates(supervisor, ended, along)
    const plan = decideRestart({ strategy: parts[supervisor]!.strategy!, candidates, ended, how })
    if (plan.climb || (plan.budgetUnits > 0 && spent.includes(supervisor))) return supervisor
    stop(plan.stop)
    if (plan.budgetUnits > 0) outcome.charged = supervisor
    for (const started of plan.start) {
      for (const service of [started, ...world.inside(started)]) {
        if (!world.isSupervisor(service)) outcome.restarts.push(service)
        world.comeUp(service)
      }
    }
    return undefined
  }

  function stop(names: readonly string[]): void {
    for (const stopped of names.flatMap((part) => [...world.inside(part).toReversed(), part])) {
      if (world.goDown(stopped) && !world.isSupervisor(stopped)) outcome.stops.push(stopped)
    }
  }
}

class World {
  readonly names: readonly string[]
  readonly services: readonly string[]
  readonly #parts: Readonly<Record<string, Part>>
  readonly #graph: Digraph
  readonly #up: Set<string>

  constructor(parts: Readonly<Record<string, Part>>) {
    this.#parts = parts
    this.names = Object.keys(parts)
    this.services = this.names.filter((name) => !this.isSupervisor(name))
    this.#up = new Set(this.names.filter((name) => parts[name]!.down !== true))
    this.#graph = Digraph.of(
      this.names.length,
      this.names.flatMap((name, from) =>
        (parts[name]!.needs ?? []).map((to) => ({ from, to: this.names.indexOf(to) }))
      )
    )
  }

  isSupervisor(name: string): boolean {
    return this.#parts[name]!.strategy !== undefined
  }

  isUp(name: string): boolean {
    return this.#up.has(name)
  }

  goDown(name: string): boolean {
    return this.#up.delete(name)
  }

  comeUp(name: string): void {
    this.#up.add(name)
  }

  standing(name: string) {
    const { by, owner, restart = 'transient', mayFail } = this.#parts[name]!
    return { supervisor: by, owner, restart, mayFail }
  }

  members(supervisor: string): string[] {
    return this.names.filter((name) => this.#parts[name]!.by === supervisor)
  }

  /** What a part owns or supervises, at any depth, in start order. */
  inside(name: string): string[] {
    return this.names.filter((other) => {
      let outer = this.#outer(other)
      while (outer !== undefined && outer !== name) outer = this.#outer(outer)
      return outer === name
    })
  }

  #outer(name: string): string | undefined {
    return this.#parts[name]!.owner ?? this.#parts[name]!.by
  }

  dependantsOf(name: string): string[] {
    return closure(this.#graph, [this.names.indexOf(name)], 'dependants')
      .map((position) => this.names[position]!)
      .filter((other) => other !== name)
  }

  candidates(supervisor: string, ended: string, along: readonly string[]): Candidate[] {
    const dependants = this.dependantsOf(ended)
    return this.names.map((name) => {
      const { by, restart = 'transient', mayFail = false } = this.#parts[name]!
      return {
        name,
        restart,
        mayFail,
        alive: this.isUp(name),
        foreign: by !== supervisor,
        dependent: dependants.includes(name),
        stoppedAlong: along.includes(name)
      }
    })
  }
}

function read(when: Decision['when']): [name: string, how: RunEnd] {
  if ('crashes' in when) return [when.crashes, 'crash']
  return 'stopsItself' in when ? [when.stopsItself, 'own-stop'] : [when.isStopped, 'stop']
}
