import { describe, expect, it } from 'vitest'
import { ExitError, MaxRestartsExceededError, StartError } from '../../src/errors/index.js'
import type { LifecycleEvent } from '../../src/events/index.js'
import { createLogger, EventLog, type Logger, type ServiceFacts } from '../../src/logging/index.js'

type Line = Record<string, unknown>

function logging(level = 'trace'): { log: EventLog; lines: Line[] } {
  const lines: Line[] = []
  const target = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  return { log: new EventLog(createLogger({ level, base: null, timestamp: false }, { target })), lines }
}

function lineOf(event: LifecycleEvent, facts?: ServiceFacts): Line | undefined {
  const { log, lines } = logging()
  log.write(event, facts)
  return lines[0]
}

const at = 0
const boom = new Error('boom')
const run = { at, service: 'Orders', task: 'poll', scheduledAt: 0 }

describe('the report of a crash', () => {
  it('has its fields always in the same order, and the stack', () => {
    const event = { type: 'service.crashed', at, service: 'Shop/Orders', error: boom } as const
    const line = lineOf(event, {
      lifecycleLogLevel: 'silent',
      path: 'App/Shop/Orders',
      run: 3,
      restartCount: 2,
      activities: new Set(['committing']),
      statusText: 'page 7'
    })
    expect(Object.keys(line!)).toEqual([
      'level',
      'event',
      'service',
      'path',
      'run',
      'restartCount',
      'activities',
      'statusText',
      'err',
      'msg'
    ])
    expect(line).toMatchObject({
      level: 50,
      event: 'service.crashed',
      service: 'Shop/Orders',
      path: 'App/Shop/Orders',
      run: 3,
      restartCount: 2,
      activities: ['committing'],
      statusText: 'page 7',
      err: { type: 'Error', message: 'boom', stack: boom.stack },
      msg: 'crashed: Error: boom'
    })
  })

  it('tells the stack once in a log, however far the error climbs', () => {
    for (let time = 0; time < 2; time++) {
      const { log, lines } = logging()
      log.write({ type: 'task.failed', ...run, durationMs: 1, error: boom })
      log.write({ type: 'service.crashed', at, service: 'Orders', error: boom })
      log.write({ type: 'application.crashed', at, error: boom })
      expect(lines.map((line) => (line['err'] as Line | undefined)?.['stack'])).toEqual([
        boom.stack,
        undefined,
        undefined
      ])
      expect(lines.map((line) => line['reason'])).toEqual([undefined, 'Error: boom', 'Error: boom'])
    }
  })

  it('shows what was thrown that is no error', () => {
    for (const [thrown, reason] of [
      ['oops', "'oops' (a string, not an Error)"],
      [null, 'null (not an Error)']
    ] as const) {
      const line = lineOf({ type: 'service.crashed', at, service: 'Orders', error: thrown })
      expect(line).toMatchObject({ reason, msg: `crashed: ${reason}` })
      expect(line).not.toHaveProperty('err')
    }
  })

  it('shows that undefined was thrown', () => {
    const line = lineOf({ type: 'timer.failed', ...run, durationMs: 1, error: undefined })
    expect(line).toMatchObject({ reason: 'undefined (not an Error)', level: 50 })
    const start = lineOf({ type: 'application.started', at, durationMs: 1, error: undefined })
    expect(start).toMatchObject({ level: 50, msg: 'application failed to start after 1ms' })
  })

  it('keeps a per cent sign in what was thrown', () => {
    const line = lineOf({ type: 'service.crashed', at, service: 'Orders', error: new Error('100%d %s') })
    expect(line!['msg']).toBe('crashed: Error: 100%d %s')
  })
})

describe('an error that cannot be written as others are', () => {
  const unreadable = new Error('no stack')
  Object.defineProperty(unreadable, 'stack', {
    get() {
      throw new Error('not for you')
    }
  })
  const { proxy, revoke } = Proxy.revocable(new Error('gone'), {})
  revoke()

  it.each([
    ['is frozen', Object.freeze(new TypeError('frozen')), { type: 'TypeError', message: 'frozen' }],
    ['does not show its stack', unreadable, { type: 'Error', message: 'no stack' }]
  ])('is told all the same when it %s', (_what, error, err) => {
    const line = lineOf({ type: 'service.crashed', at, service: 'Orders', error })
    expect(line).toMatchObject({ service: 'Orders', msg: `crashed: ${err.type}: ${err.message}`, err })
  })

  it('is told in short when it can be looked at in no way', () => {
    const line = lineOf({ type: 'service.crashed', at, service: 'Orders', error: proxy })
    expect(line).toMatchObject({
      event: 'service.crashed',
      service: 'Orders',
      reason: 'something that cannot be shown'
    })
  })

  it('disturbs nobody who publishes, nor does a logger that throws', () => {
    const target = {
      write(): void {
        throw new Error('EPIPE')
      }
    }
    const log = new EventLog(createLogger({ level: 'trace' }, { target }))
    expect(() => log.write({ type: 'service.crashed', at, service: 'Orders', error: boom })).not.toThrow()
  })
})

describe('the lines of a lifecycle', () => {
  const cases: [event: LifecycleEvent, level: number, message: string][] = [
    [{ type: 'application.starting', at }, 30, 'application starting'],
    [{ type: 'application.started', at, durationMs: 1500 }, 30, 'application started in 1.5s'],
    [
      { type: 'application.started', at, durationMs: 2, error: boom },
      50,
      'application failed to start after 2ms'
    ],
    [{ type: 'application.draining', at }, 30, 'application draining'],
    [
      { type: 'application.stopping', at, reason: { kind: 'signal', detail: 'SIGTERM' } },
      30,
      'application stopping: SIGTERM'
    ],
    [
      { type: 'application.stopping', at, reason: { kind: 'crash', detail: boom } },
      30,
      'application stopping: crash'
    ],
    [{ type: 'application.stopping', at, reason: 'deploy' }, 30, 'application stopping: deploy'],
    [{ type: 'application.stopping', at, reason: { kind: 'stop', detail: '' } }, 30, 'application stopping'],
    [{ type: 'application.stopped', at, durationMs: 3 }, 30, 'application stopped in 3ms'],
    [
      { type: 'application.stopped', at, durationMs: 3, error: boom },
      50,
      'application stopped, with errors, after 3ms'
    ],
    [{ type: 'application.crashed', at, error: boom }, 60, 'application crashed: Error: boom'],
    [{ type: 'service.waiting', at, service: 'Orders' }, 10, 'waiting for its dependencies'],
    [{ type: 'service.starting', at, service: 'Orders' }, 30, 'starting'],
    [{ type: 'service.started', at, service: 'Orders', durationMs: 12 }, 30, 'started in 12ms'],
    [{ type: 'service.stopping', at, service: 'Orders' }, 30, 'stopping'],
    [{ type: 'service.stopped', at, service: 'Orders', durationMs: 12 }, 30, 'stopped in 12ms'],
    [
      { type: 'service.stopped', at, service: 'Orders', durationMs: 12, error: boom },
      50,
      'stopped, with errors, after 12ms'
    ],
    [{ type: 'service.restarting', at, service: 'Orders', restart: 3 }, 30, 'restarting (restart 3)'],
    [{ type: 'service.status', at, service: 'Orders', text: 'loading' }, 20, 'status: loading'],
    [{ type: 'activity.started', at, service: 'Orders', activity: 'reading' }, 10, 'reading begun'],
    [
      { type: 'activity.finished', at, service: 'Orders', activity: 'reading', durationMs: 4 },
      10,
      'reading done in 4ms'
    ],
    [{ type: 'hook.started', at, service: 'Orders', hook: 'onStart' }, 10, 'onStart called'],
    [
      { type: 'hook.finished', at, service: 'Orders', hook: 'onStart', durationMs: 1 },
      20,
      'onStart done in 1ms'
    ],
    [
      { type: 'hook.finished', at, service: 'Orders', hook: 'onStart', durationMs: 1, error: boom },
      20,
      'onStart failed after 1ms'
    ],
    [{ type: 'task.started', at, service: 'Orders', task: 'poll' }, 20, 'poll started'],
    [
      { type: 'task.finished', at, service: 'Orders', task: 'poll', durationMs: 60_000 },
      20,
      'poll done in 1m'
    ],
    [{ type: 'task.failed', ...run, durationMs: 1, error: boom }, 50, 'poll failed after 1ms'],
    [{ type: 'timer.ran', ...run, durationMs: 1, latenessMs: 0 }, 10, 'poll ran in 1ms'],
    [{ type: 'timer.missed', ...run, missed: 1 }, 40, 'poll missed a run'],
    [{ type: 'timer.failed', ...run, durationMs: 1, error: boom }, 50, 'poll failed after 1ms'],
    [{ type: 'cron.ran', ...run, durationMs: 1, latenessMs: 0 }, 20, 'poll ran in 1ms'],
    [{ type: 'cron.missed', ...run, missed: 4 }, 40, 'poll missed 4 runs'],
    [{ type: 'cron.failed', ...run, durationMs: 1, error: boom }, 50, 'poll failed after 1ms'],
    [
      {
        type: 'supervisor.restarting',
        at,
        supervisor: 'S',
        service: 'A',
        services: ['A', 'B'],
        delayMs: 1000,
        error: boom
      },
      40,
      'S restarts A, B in 1s'
    ],
    [
      {
        type: 'supervisor.restarting',
        at,
        supervisor: 'S',
        service: 'A',
        services: ['A'],
        delayMs: 0,
        error: boom
      },
      40,
      'S restarts A'
    ],
    [
      { type: 'supervisor.gave-up', at, supervisor: 'S', service: 'A', error: boom },
      50,
      'S gave up: Error: boom'
    ],
    [
      {
        type: 'supervisor.gave-up',
        at,
        supervisor: 'S',
        service: 'A',
        error: new MaxRestartsExceededError({
          supervisor: 'S',
          service: 'A',
          maxRestarts: 5,
          withinMs: 60_000,
          cause: boom
        })
      },
      50,
      'S gave up: A crashed again after 5 restarts within 60s: Error: boom'
    ]
  ]

  it.each(cases)('%o', (event, level, message) => {
    const line = lineOf(event)
    expect(line).toMatchObject({ level, msg: message, event: event.type })
    expect(line!['service']).toBe('service' in event ? event.service : undefined)
    expect(line!['durationMs']).toBe('durationMs' in event ? event.durationMs : undefined)
  })

  it('are no alarm where somebody asked for the end, be it before everything had started', () => {
    const cause = new ExitError(0)
    const error = new StartError({ service: 'Job', path: ['Job'], phase: 'task', cause })
    expect(lineOf({ type: 'application.started', at, durationMs: 15, error })).toMatchObject({ level: 30 })
    expect(lineOf({ type: 'service.crashed', at, service: 'Job', error: cause })).toMatchObject({ level: 30 })
    const failed = new StartError({ service: 'Job', path: ['Job'], phase: 'task', cause: boom })
    expect(lineOf({ type: 'application.started', at, durationMs: 15, error: failed })).toMatchObject({
      level: 50
    })
  })

  it('say of an ExitError that it was asked for, without a stack', () => {
    const error = new ExitError(3)
    const failed = lineOf({ type: 'task.failed', at, service: 'Job', task: 'run', durationMs: 5, error })
    expect(failed).toMatchObject({
      level: 30,
      msg: 'run asked to exit with code 3',
      reason: 'KEEL_EXIT: exit with code 3'
    })
    expect(failed).not.toHaveProperty('err')
    expect(lineOf({ type: 'service.crashed', at, service: 'Job', error })).toMatchObject({
      level: 30,
      msg: 'ends: exit with code 3 was asked for'
    })
  })

  it.each([
    [{ kind: 'crash', detail: boom }, 'crash'],
    [{ kind: 'crash', detail: 'oops' }, 'crash'],
    [{ kind: 'stop', detail: new ExitError(0) }, 'exit with code 0']
  ])('say why it drains: %o', (reason, words) => {
    expect(lineOf({ type: 'application.draining', at, reason })).toMatchObject({
      msg: `application draining: ${words}`
    })
  })

  it('have the level that the service chose, but for failures', () => {
    for (const type of ['service.starting', 'service.stopping'] as const)
      expect(lineOf({ type, at, service: 'A' }, { lifecycleLogLevel: 'debug' })).toMatchObject({ level: 20 })
    for (const type of ['service.started', 'service.stopped'] as const) {
      expect(lineOf({ type, at, service: 'A', durationMs: 1 }, { lifecycleLogLevel: 'debug' })).toMatchObject(
        { level: 20 }
      )
      expect(
        lineOf({ type, at, service: 'A', durationMs: 1, error: boom }, { lifecycleLogLevel: 'debug' })
      ).toMatchObject({
        level: 50
      })
    }
    expect(
      lineOf({ type: 'service.starting', at, service: 'A' }, { lifecycleLogLevel: 'silent' })
    ).toBeUndefined()
  })

  it('are not written, nor asked for, below the level of the logger', () => {
    const { log, lines } = logging('warn')
    expect(log.wants('service.starting')).toBe(false)
    expect(log.wants('service.starting', { lifecycleLogLevel: 'warn' })).toBe(true)
    expect(log.wants('service.starting', { lifecycleLogLevel: 'silent' })).toBe(false)
    expect(log.wants('timer.missed')).toBe(true)
    log.write({ type: 'service.starting', at, service: 'A' })
    expect(lines).toEqual([])
    expect(new EventLog(createLogger(false)).wants('application.crashed')).toBe(false)
  })

  it('can be written by a stand-in for pino', () => {
    const calls: unknown[] = []
    const standIn = {
      child: () => standIn,
      info() {},
      isLevelEnabled: () => true,
      error: (fields: object, message: string) => calls.push([fields, message])
    } as unknown as Logger
    new EventLog(createLogger(standIn)).write({ type: 'service.crashed', at, service: 'A', error: boom })
    expect(calls).toMatchObject([[{ event: 'service.crashed', err: boom }, 'crashed: Error: boom']])
  })
})
