import { describe, expect, it } from 'vitest'
import { isKeelsonError } from '../../src/errors/index.js'
import {
  canMove,
  initialMachine,
  type Machine,
  type MachineEvent,
  reduce,
  type ServiceState,
  type Step,
  TRANSITIONS
} from '../../src/lifecycle/index.js'
import { shapeWith } from './simulation.js'

const ALL_HOOKS = shapeWith(['first-start', 'restart', 'start', 'started', 'stop', 'shutdown'])
const NO_HOOKS = shapeWith([])

const STOP: MachineEvent = { type: 'stop', reason: { kind: 'stop' } }
const START: MachineEvent = { type: 'start', restart: false }
const GO: MachineEvent = { type: 'dependencies-running' }
const crash = (reason: unknown): MachineEvent => ({ type: 'crash', reason })

/** A machine, what it was told to do, and short words for what happens to it. */
class Story {
  readonly steps: string[] = []

  constructor(public machine: Machine) {}

  send(...events: readonly MachineEvent[]): this {
    for (const event of events) {
      const before = this.machine
      this.machine = reduce(before, event)
      this.steps.push(...toDo(before, this.machine))
    }
    return this
  }

  done(times = 1): this {
    for (let n = 0; n < times; n++) this.send({ type: 'done', ticket: this.ticket })
    return this
  }

  failed(error: unknown = 'boom'): this {
    return this.send({ type: 'failed', ticket: this.ticket, error })
  }

  cancelled(): this {
    return this.send({ type: 'cancelled', ticket: this.ticket })
  }

  /** Settles whatever is in flight until nothing is. */
  through(): this {
    while (this.machine.at.step !== undefined) this.done()
    return this
  }

  get ticket(): number {
    return this.machine.tickets
  }

  /** What it was told to do since it was last asked. */
  get told(): string[] {
    return this.steps.splice(0)
  }
}

/** What is to be done by a service that has come to stand elsewhere. */
function toDo(before: Machine, { at, stopReason }: Machine): string[] {
  if (at === before.at) return []
  return [
    ...(at.aborts ? [`abort (${stopReason?.kind})`] : []),
    ...(at.gives === undefined ? [] : [at.gives])
  ]
}

function story(shape = ALL_HOOKS): Story {
  return new Story(initialMachine(shape))
}

function running(shape = ALL_HOOKS): Story {
  const service = story(shape).send(START, GO).through()
  service.steps.length = 0
  return service
}

const refused = (code: () => unknown): unknown => {
  try {
    code()
  } catch (error) {
    return isKeelsonError(error, 'KEEL_ILLEGAL_TRANSITION') ? 'refused' : error
  }
  return 'accepted'
}

describe('the table of moves', () => {
  it('is this, and no more', () => {
    const moves = (Object.keys(TRANSITIONS) as ServiceState[]).flatMap((from) =>
      (Object.keys(TRANSITIONS) as ServiceState[])
        .filter((to) => canMove(from, to))
        .map((to) => `${from} → ${to}`)
    )
    expect(moves).toEqual([
      'init → waiting',
      'waiting → starting',
      'waiting → stopping',
      'waiting → crashed',
      'starting → running',
      'starting → stopping',
      'starting → crashed',
      'running → stopping',
      'running → crashed',
      'stopping → stopped',
      'stopping → crashed',
      'stopped → waiting',
      'crashed → waiting',
      'crashed → stopping',
      'crashed → backoff',
      'backoff → waiting',
      'backoff → stopping',
      'backoff → crashed'
    ])
  })
})

describe('what is refused', () => {
  it('is a start of what is started or on its way', () => {
    for (const service of [story().send(START), story().send(START, GO), running(), running().send(STOP)]) {
      const { machine } = service
      expect(refused(() => service.send(START))).toBe('refused')
      expect(service.machine).toBe(machine)
    }
  })

  it('is a crash of what was never started, or has stopped', () => {
    expect(refused(() => story().send(crash('x')))).toBe('refused')
    expect(refused(() => running().send(STOP).through().send(crash('x')))).toBe('refused')
  })

  it('is to back off from anything but a crash', () => {
    for (const service of [story(), story().send(START), running(), running().send(STOP)])
      expect(refused(() => service.send({ type: 'back-off' }))).toBe('refused')
  })

  it('is to go on after a crash before what the run held was released', () => {
    for (const event of [START, { type: 'back-off' }] as const) {
      const service = running().send(crash('x'))
      expect(refused(() => service.send(event))).toBe('refused')
      service.send(STOP).through()
      expect(refused(() => service.send(event))).toBe('accepted')
    }
    // nothing was held yet
    expect(refused(() => story().send(START, crash('x'), START))).toBe('accepted')
  })

  it('says which state it is in', () => {
    expect(() => story().send(crash('x'))).toThrow("a service that is 'init' cannot become 'crashed'")
  })
})

describe('a start', () => {
  it('that fails crashes, and is stopped without onStop', () => {
    const service = story().send(START, GO).done().failed('boom')
    expect(service.machine).toMatchObject({ state: 'crashed', crash: { reason: 'boom' } })
    expect(service.told).toEqual(['first-start', 'start', 'abort (crash)'])
    service.send(STOP).through()
    expect(service.told).toEqual(['stop-children', 'end-work', 'release', 'shutdown'])
    expect(service.machine).toMatchObject({
      state: 'crashed',
      crash: { reason: 'boom' },
      at: { begun: false }
    })
    service.send(STOP)
    expect(service.told).toEqual([])
  })

  it('that fails after onStart is stopped with onStop', () => {
    const service = story().send(START, GO).done(4).failed()
    expect(service.told.at(-2)).toBe('started')
    expect(service.send(STOP).through().told[0]).toBe('stop')
  })

  it('that is abandoned before it began calls nothing', () => {
    const service = story().send(START, STOP).through()
    expect(service.told).toEqual(['abort (stop)', 'end-work'])
    expect(service.machine.state).toBe('stopped')
    service.send(GO)
    expect(service.machine.state).toBe('stopped')
  })

  it('that is abandoned waits for the hook in flight, then stops what began', () => {
    const service = story().send(START, GO).done()
    service.send(STOP)
    expect(service.told).toEqual(['first-start', 'start', 'abort (stop)', 'settle'])
    expect(service.cancelled().through().told).toEqual(['stop-children', 'end-work', 'release', 'shutdown'])
    expect(service.machine).toMatchObject({ state: 'stopped', errors: [] })
  })

  it('whose onStart resolves though it is abandoned is stopped with onStop', () => {
    const service = story().send(START, GO).done().send(STOP)
    service.told.splice(0)
    expect(service.through().told).toEqual(['stop', 'stop-children', 'end-work', 'release', 'shutdown'])
  })

  it('runs its steps in order, the children among them, up to running', () => {
    const service = story().send(START)
    expect(service.machine.state).toBe('waiting')
    expect(service.send(GO).told).toEqual(['first-start'])
    expect(service.machine.state).toBe('starting')
    expect(service.through().told).toEqual(['start', 'work', 'children', 'started'])
    expect(service.machine).toMatchObject({ state: 'running', run: 1, restartCount: 0 })
  })

  it('skips the hooks that are not there, never its work and children', () => {
    const service = story(NO_HOOKS).send(START, GO).through()
    expect(service.told).toEqual(['work', 'children'])
    expect(service.machine.state).toBe('running')
  })

  it('calls onFirstStart until it has once resolved', () => {
    const service = story().send(START, GO).failed().send(STOP).through()
    service.told.splice(0)
    expect(service.send(START, GO).told).toEqual(['first-start'])
    service.through().send(STOP).through().told.splice(0)
    expect(service.send(START, GO).told).toEqual(['start'])
  })
})

describe('a stop', () => {
  it('takes every step though each one fails, and gathers what failed in order', () => {
    const service = running(shapeWith(['stop', 'shutdown'], true)).send(STOP)
    const failures: string[] = []
    while (service.machine.at.step !== undefined) {
      const error = `${service.machine.at.step} failed`
      failures.push(error)
      service.failed(error)
    }
    expect(service.told).toEqual([
      'abort (stop)',
      'stop',
      'stop-children',
      'shutdown-gate',
      'end-work',
      'release',
      'shutdown'
    ])
    expect(service.machine.state).toBe('stopped')
    expect(service.machine.errors).toEqual(failures)
  })

  it('of what never started, is stopping or has stopped does nothing', () => {
    for (const service of [story(), running().send(STOP), running().send(STOP).through()]) {
      const { machine } = service
      service.steps.length = 0
      expect(service.send(STOP).told).toEqual([])
      expect(service.machine).toBe(machine)
    }
  })

  it('passes through stopping for all to see, even when there is nothing to stop', () => {
    const service = story().send(START, STOP)
    expect(service.machine.state).toBe('stopping')
    expect(service.done().machine.state).toBe('stopped')
  })

  it('keeps what fails meanwhile, a crash included, among its errors', () => {
    const service = running().send(STOP, crash('late')).through()
    expect(service.machine).toMatchObject({ state: 'stopped', crash: undefined, errors: ['late'] })
  })

  it('keeps its reason', () => {
    const reason = { kind: 'signal', detail: 'SIGTERM' } as const
    const service = running().send({ type: 'stop', reason }, STOP)
    expect(service.machine.stopReason).toBe(reason)
  })
})

describe('a crash', () => {
  it('keeps the first reason, and what comes after it as errors', () => {
    const service = running().send(crash('first'), crash('second'), crash('first'))
    expect(service.machine).toMatchObject({
      state: 'crashed',
      crash: { reason: 'first' },
      errors: ['second']
    })
    expect(service.told).toEqual(['abort (crash)'])
    service.send(STOP).failed('third').through()
    expect(service.machine).toMatchObject({ crash: { reason: 'first' }, errors: ['second', 'third'] })
  })

  it('may have undefined for a reason', () => {
    const service = running().send(crash(undefined))
    expect(service.machine.crash).toEqual({ reason: undefined })
    expect(service.send(STOP).through().machine.state).toBe('crashed')
  })

  it('during a start leaves the hook in flight to be waited for, and hears how it ended', () => {
    const service = story().send(START, GO).done().send(crash('x'))
    service.failed('own end')
    expect(service.machine).toMatchObject({ state: 'crashed', crash: { reason: 'x' }, errors: ['own end'] })
    service.told.splice(0)
    expect(service.send(STOP).told).toEqual(['stop-children'])

    const slow = story().send(START, GO).done().send(crash('x'), STOP)
    expect(slow.told.at(-1)).toBe('settle')
    expect(slow.done().told).toEqual(['stop'])
  })

  it('while it backs off ends the wait for the restart, not the first reason', () => {
    const service = running().send(crash('first'), STOP).through()
    service.send({ type: 'back-off' }, crash('second'))
    expect(service.machine).toMatchObject({
      state: 'crashed',
      crash: { reason: 'first' },
      errors: ['second']
    })
    expect(service.told.filter((step) => step.startsWith('abort'))).toEqual(['abort (crash)'])
  })
})

describe('a restart', () => {
  it('is a new run of the same machine, which calls onRestart before onStart', () => {
    const service = running().send(STOP).through()
    service.told.splice(0)
    service.send({ type: 'start', restart: true }, GO).through()
    expect(service.told).toEqual(['restart', 'start', 'work', 'children', 'started'])
    expect(service.machine).toMatchObject({ state: 'running', run: 2, restartCount: 1, errors: [] })
  })

  it('after a crash forgets it, with or without a wait', () => {
    for (const between of [[], [{ type: 'back-off' }]] as const) {
      const service = running()
        .send(crash('x'), STOP)
        .through()
        .send(...between)
      service.send({ type: 'start', restart: true })
      expect(service.machine).toMatchObject({
        state: 'waiting',
        crash: undefined,
        stopReason: undefined,
        errors: []
      })
    }
  })

  it('that is planned can be called off by a stop', () => {
    const service = running().send(crash('x'), STOP).through().send({ type: 'back-off' }, STOP).through()
    expect(service.machine).toMatchObject({ state: 'stopped', crash: undefined })
  })
})

describe('a step in which there is nothing to do', () => {
  const idle: Step[] = ['work', 'children', 'stop-children', 'end-work', 'release']
  const steps = { isIdle: (step: Step) => idle.includes(step) }

  /** What it is told, each step being done at once. */
  function told(
    machine: Machine,
    event: MachineEvent
  ): { machine: Machine; told: string[]; states: ServiceState[] } {
    const words: string[] = []
    const states: ServiceState[] = []
    let next: MachineEvent | undefined = event
    while (next !== undefined) {
      const before: Machine = machine
      machine = reduce(before, next, steps)
      states.push(machine.state)
      words.push(...toDo(before, machine))
      const isGiven = machine.at !== before.at && machine.at.gives !== undefined
      next = isGiven ? { type: 'done', ticket: machine.tickets } : undefined
    }
    return { machine, told: words, states }
  }

  it('is passed over on the way from one step to the next', () => {
    const { machine } = story(ALL_HOOKS).send(START)
    const started = told(machine, GO)
    expect(started.told).toEqual(['first-start', 'start', 'started'])
    expect(started.machine.state).toBe('running')
    const stopped = told(started.machine, STOP)
    expect(stopped.told).toEqual(['abort (stop)', 'stop', 'shutdown'])
    expect(stopped.machine.state).toBe('stopped')
  })

  it('is given out when it is the first, so that starting and stopping are states to be seen', () => {
    const { machine } = story(NO_HOOKS).send(START)
    const started = told(machine, GO)
    expect(started.told).toEqual(['work'])
    expect(started.states).toEqual(['starting', 'running'])
    const stopped = told(started.machine, STOP)
    expect(stopped.told).toEqual(['abort (stop)', 'stop-children'])
    expect(stopped.states).toEqual(['stopping', 'stopped'])
  })
})

describe('where a service stands', () => {
  const CUES = [
    'start',
    'restart',
    'dependencies-running',
    'done',
    'failed',
    'cancelled',
    'stop',
    'crash',
    'back-off'
  ] as const

  it('is the same object for all that have come there, whatever they have been through', () => {
    const one = story().send(START, GO).through().send(STOP).through()
    const another = story().send(START, GO).done().failed('boom').send(STOP).through().send(START, GO)
    another.through().send(STOP).through()
    expect(another.machine).toMatchObject({ run: 2, state: 'stopped' })
    expect(another.machine.at).toBe(one.machine.at)
    expect(story().machine.at).toBe(story().machine.at)
    expect(story(NO_HOOKS).machine.at).not.toBe(story().machine.at)
  })

  it('is one of a few hundred, so that what is remembered of them stays small', () => {
    const { at } = story(shapeWith([...ALL_HOOKS.hooks], true)).machine
    const met = new Set([at])
    for (const situation of met)
      for (const cue of CUES)
        refused(() => {
          met.add(situation.after(cue))
        })
    expect(met.size).toBeGreaterThan(30)
    expect(met.size).toBeLessThan(400)
  })

  it('is decided once for each cue, a refusal each time anew', () => {
    const { at } = story().send(START, GO).machine
    expect(at.after('done')).toBe(at.after('done'))
    const [first, second] = [refusal(at), refusal(at)]
    expect(first).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    expect(second).not.toBe(first)
  })

  function refusal(at: Machine['at']): unknown {
    try {
      return at.after('start')
    } catch (error) {
      return error
    }
  }
})

describe('what settles late', () => {
  it('changes nothing, of this run or of an earlier one', () => {
    const service = story().send(START, GO)
    const first = service.ticket
    service.failed('its time was up')
    const outcomes: MachineEvent[] = [
      { type: 'done', ticket: first },
      { type: 'failed', ticket: first, error: 'late' },
      { type: 'cancelled', ticket: first },
      { type: 'done', ticket: 0 },
      { type: 'done', ticket: 99 }
    ]
    const unheard = (): void => {
      const { machine } = service
      service.told.splice(0)
      service.send(...outcomes)
      expect(service.machine).toBe(machine)
      expect(service.told).toEqual([])
    }
    unheard()
    service.send(STOP)
    unheard()
    service.through().send(START, GO)
    unheard()
    expect(service.machine.at.step).toBe('first-start' satisfies Step)
    service.through()
    unheard()
  })
})
