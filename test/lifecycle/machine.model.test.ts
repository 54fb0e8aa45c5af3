import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOOK_OF_STEP, type HookStep, type MachineEvent } from '../../src/lifecycle/index.js'
import { shapeWith, Simulation } from './simulation.js'

const HOOKS = Object.keys(HOOK_OF_STEP) as HookStep[]

const shape = fc
  .record({ hooks: fc.subarray(HOOKS), waitForShutdown: fc.boolean() })
  .map(({ hooks, waitForShutdown }) => shapeWith(hooks, waitForShutdown))

const outcomes = fc.constantFrom('done' as const, 'done' as const, 'done' as const, 'failed' as const)

type Act =
  | { readonly type: 'event'; readonly event: MachineEvent }
  | { readonly type: 'settle'; readonly outcome: 'done' | 'failed' }
  | { readonly type: 'settle-late'; readonly which: number; readonly outcome: 'done' | 'failed' }
  | { readonly type: 'expire' }

const event = fc.oneof(
  fc.record({ type: fc.constant('start' as const), restart: fc.boolean() }),
  fc.constant<MachineEvent>({ type: 'dependencies-running' }),
  fc.constant<MachineEvent>({ type: 'stop', reason: { kind: 'stop' } }),
  fc.record({ type: fc.constant('crash' as const), reason: fc.constantFrom('a', 'b') }),
  fc.constant<MachineEvent>({ type: 'back-off' })
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('event' as const), event }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('settle' as const), outcome: outcomes }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('settle-late' as const), which: fc.nat(20), outcome: outcomes })
  },
  { weight: 1, arbitrary: fc.constant({ type: 'expire' as const }) }
)

function perform(simulation: Simulation, one: Act): void {
  switch (one.type) {
    case 'event':
      simulation.send(one.event)
      break
    case 'settle':
      if (simulation.awaited !== undefined) settle(simulation, simulation.awaited, one.outcome)
      break
    case 'settle-late': {
      const open = [...simulation.open.keys()]
      if (open.length > 0) settle(simulation, open[one.which % open.length]!, one.outcome)
      break
    }
    case 'expire':
      simulation.expire()
      break
  }
}

/** Work that fails after its signal was aborted may do so with an AbortError, which is no failure. */
function settle(simulation: Simulation, ticket: number, outcome: 'done' | 'failed'): void {
  const cancelled = outcome === 'failed' && simulation.run!.aborted && ticket % 2 === 0
  simulation.settle(ticket, cancelled ? 'cancelled' : outcome)
}

/** Lets everything end, and says in how many steps. */
function end(simulation: Simulation, outcome: 'done' | 'failed' | 'expire'): number {
  let steps = 0
  simulation.send({ type: 'stop', reason: { kind: 'stop' } })
  while (simulation.awaited !== undefined && steps < 100) {
    steps++
    if (outcome === 'expire') simulation.expire()
    else simulation.settle(simulation.awaited, outcome)
    // a start that fails leaves a crashed service, which is stopped in turn
    if (simulation.awaited === undefined) simulation.send({ type: 'stop', reason: { kind: 'stop' } })
  }
  return steps
}

describe('a service, whatever happens to it', () => {
  it('moves by the table, calls each hook in its turn, stops what began, once, and ends', () => {
    const ending = fc.constantFrom('done' as const, 'failed' as const, 'expire' as const)
    fc.assert(
      fc.property(shape, fc.array(act, { maxLength: 60 }), ending, (given, acts, last) => {
        const simulation = new Simulation(given)
        for (const one of acts) perform(simulation, one)
        expect(end(simulation, last)).toBeLessThan(10)
        expect(simulation.atRest).toBe(true)
        // what was left behind settles at last, and changes nothing
        const { machine } = simulation
        for (const ticket of simulation.open.keys()) simulation.settle(ticket, 'done')
        expect(simulation.machine).toBe(machine)
      }),
      { numRuns: 5000 }
    )
  })

  it('gets from its first start to running, and from running to stopped, when nothing goes wrong', () => {
    fc.assert(
      fc.property(shape, fc.nat(3), (given, restarts) => {
        const simulation = new Simulation(given)
        for (let run = 0; run <= restarts; run++) {
          simulation.send({ type: 'start', restart: run > 0 })
          simulation.send({ type: 'dependencies-running' })
          while (simulation.awaited !== undefined) simulation.settle(simulation.awaited, 'done')
          expect(simulation.machine.state).toBe('running')
          end(simulation, 'done')
          expect(simulation.machine.state).toBe('stopped')
          expect(simulation.machine.errors).toEqual([])
        }
      }),
      { numRuns: 300 }
    )
  })
})
