// What TypeScript accepts and refuses of a `Supervisor`. Checked by `tsc` alone, and so nothing here runs.
import { expectTypeOf, it } from 'vitest'
import { Service } from '../../src/decorators/index.js'
import { ServiceBase } from '../../src/service/index.js'
import { Supervisor, type SupervisorOptions } from '../../src/supervisor/index.js'

class Worker extends ServiceBase {
  readonly worker = true

  constructor(readonly turn: number) {
    super()
  }
}
class Clerk {
  readonly clerk = true
}

declare const options: SupervisorOptions
declare const ofWorkers: SupervisorOptions<Worker>

it('replacement is given what the services are, and may give any service', () => {
  const workers = new Supervisor([new Worker(1)], {
    replacement: (old, index) => new Worker(old.turn + index)
  })
  expectTypeOf(workers).toEqualTypeOf<Supervisor<Worker>>()
  void new Supervisor([new Worker(1), new Clerk()], {
    replacement: async (old) => (old instanceof Worker ? new Worker(old.turn) : old)
  })
  void new Supervisor([new Worker(1)], { replacement: (old: object) => ({ old }) })
  // @ts-expect-error a clerk has no turn
  void new Supervisor([new Clerk()], { replacement: (old) => old.turn })
  // @ts-expect-error a number is no service
  void new Supervisor([new Worker(1)], { replacement: (old) => old.turn })
})

it('options of a type of their own are taken', () => {
  expectTypeOf(new Supervisor([new Worker(1)], ofWorkers)).toEqualTypeOf<Supervisor<Worker>>()
  expectTypeOf(new Supervisor([], ofWorkers)).toEqualTypeOf<Supervisor<Worker>>()
  expectTypeOf(new Supervisor([new Worker(1), new Clerk()], options)).toExtend<Supervisor>()
  // @ts-expect-error these are for workers
  void new Supervisor([new Clerk()], ofWorkers)
})

it('what an empty one is to have nobody knows', () => {
  expectTypeOf(new Supervisor([])).toEqualTypeOf<Supervisor>()
  expectTypeOf(new Supervisor()).toEqualTypeOf<Supervisor>()
  void new Supervisor([], { replacement: (old) => (old instanceof Worker ? new Worker(old.turn) : old) })
})

it('one of workers is a Supervisor, to which anything may be added', () => {
  const workers: Supervisor = new Supervisor([new Worker(1)])
  expectTypeOf(workers.add(new Clerk(), Clerk)).toEqualTypeOf<Promise<void>>()
  expectTypeOf(workers.replace(0, new Clerk())).toEqualTypeOf<Promise<void>>()
  expectTypeOf<Supervisor>().toExtend<Supervisor<Worker>>()
})

it('is extended and injected without a word of its services', () => {
  class Pool extends Supervisor {
    constructor(given: SupervisorOptions = {}) {
      super([new Worker(1), new Clerk()], { maxRestarts: 1, ...given })
    }
  }
  @Service({ inject: [Supervisor, Pool] })
  class Office {
    constructor(
      readonly workers: Supervisor<Worker>,
      readonly pool: Pool
    ) {}
  }
  expectTypeOf<Office['pool']>().toExtend<Supervisor>()
})
