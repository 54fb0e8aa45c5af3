import { describe, expect, it } from 'vitest'
import { createApplication, StartError, StopError, type ServiceContext } from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { Journal, never, rejection, takes, throws, type Hook, type HookBody } from './journal.js'

const boom = new Error('boom')
const LIMITS = { startTimeout: '2s', stopTimeout: '3s' } as const

/** Every way a hook can go wrong: what it does, and what the start or stop fails with. */
const WAYS: readonly [way: string, body: HookBody, fault: unknown][] = [
  ['throws', throws(boom), boom],
  ['rejects', () => Promise.reject(boom), boom],
  ['rejects after a while', async (context) => (await takes(500)(context), Promise.reject(boom)), boom],
  ['throws what is no error', throws('boom'), 'boom'],
  ['rejects with undefined', () => Promise.reject(undefined), undefined],
  ['never settles', never, 'KEEL_TIMEOUT'],
  ['resolves after its time is up', takes(60_000), 'KEEL_TIMEOUT'],
  [
    'rejects after its time is up',
    async (context) => (await takes(60_000)(context), Promise.reject(boom)),
    'KEEL_TIMEOUT'
  ]
]

function cases<H extends Hook>(
  hooks: readonly H[]
): [hook: H, way: string, body: HookBody, fault: unknown][] {
  return hooks.flatMap((hook) =>
    WAYS.map(([way, body, fault]): [H, string, HookBody, unknown] => [hook, way, body, fault])
  )
}

function expectFault(actual: unknown, fault: unknown, code: string): void {
  if (fault === 'KEEL_TIMEOUT') expect(actual).toMatchObject({ code })
  else expect(actual).toBe(fault)
}

/** What a service that has all hooks does; `B`, which needs it and has `hook`, is in the middle; `C` needs `B`. */
function three(hook: Hook, body: HookBody): { journal: Journal; chain: ReturnType<Journal['service']>[] } {
  const journal = new Journal()
  const quiet = { onDrain: () => {}, onShutdown: () => {} }
  const a = journal.service('A', quiet)
  const b = journal.service('B', { ...quiet, options: LIMITS, needs: [a], [hook]: body })
  const c = journal.service('C', { ...quiet, needs: [b] })
  return { journal, chain: [a, b, c] }
}

/** Whatever comes late, nothing moves any more. */
async function expectQuiet(app: TestApplication): Promise<void> {
  const moves = (): string[] => app.events.names().filter((name) => /^(service|application)/.test(name))
  const before = moves()
  await app.clock.advance('5m')
  expect(moves()).toEqual(before)
  expect(app.services.flatMap((service) => service.tasks)).toEqual([])
}

describe('a start hook', () => {
  it.each(cases(['onFirstStart', 'onStart', 'onStarted', 'onReady']))(
    '%s that %s fails the start: what started stops, in reverse',
    async (hook, _way, body, fault) => {
      const { journal, chain } = three(hook, body)
      const app = await createTestApplication(chain[2]!).create()
      const error = (await rejection(app.start())) as StartError
      expect(error).toBeInstanceOf(StartError)
      expect(error).toMatchObject({ service: 'B', path: ['C', 'B'], phase: hook, errors: [] })
      expectFault(error.cause, fault, 'KEEL_START_TIMEOUT')
      const late = /after its time/.test(_way) || _way === 'never settles'
      if (late) expect(app.clock.monotonic()).toBe(hook === 'onReady' ? 2000 : 2000)
      expect(app.state).toBe('stopped')
      const stopped = journal.lines.filter((line) => /onStop|onShutdown/.test(line))
      const ofB = hook === 'onStarted' || hook === 'onReady' ? ['B.onStop', 'B.onShutdown'] : ['B.onShutdown']
      const ofC = hook === 'onReady' ? ['C.onStop', 'C.onShutdown'] : []
      expect(stopped).toEqual([...ofC, ...ofB, 'A.onStop', 'A.onShutdown'])
      expect(app.services.map(({ state }) => state)).toEqual([
        'stopped',
        hook === 'onReady' ? 'stopped' : 'crashed',
        'stopped'
      ])
      await expectQuiet(app)
      await app[Symbol.asyncDispose]()
    }
  )
})

describe('a stop hook', () => {
  it.each(cases(['onDrain', 'onStop', 'onShutdown']))(
    '%s that %s keeps nothing else from stopping, and is told',
    async (hook, _way, body, fault) => {
      const { journal, chain } = three(hook, body)
      const app = await createTestApplication(chain[2]!, { drainTimeout: '3s' }).start()
      journal.take()
      const error = (await rejection(app.stop())) as StopError
      expect(error).toBeInstanceOf(StopError)
      expect(error.failures).toHaveLength(1)
      expect(error.failures[0]).toMatchObject({ service: 'B', phase: hook })
      expectFault(error.errors[0], fault, 'KEEL_STOP_TIMEOUT')
      expect(journal.lines).toEqual([
        ...['C.onDrain', 'B.onDrain', 'A.onDrain'],
        ...['C.onStop', 'C.onShutdown', 'B.onStop', 'B.onShutdown', 'A.onStop', 'A.onShutdown']
      ])
      expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
      await expectQuiet(app)
      await app.start()
      expect(app.state).toBe('running')
    }
  )

  it.each(cases(['onStop', 'onShutdown']))(
    '%s that %s during a roll-back is told with the start',
    async (hook, _way, body, fault) => {
      const { chain, journal } = three(hook, body)
      const late = journal.service('Late', { needs: [chain[2]!], onStart: throws(new Error('late')) })
      const app = await createTestApplication(late).create()
      const error = (await rejection(app.start())) as StartError
      expect(error).toMatchObject({ service: 'Late', cause: new Error('late') })
      expect(error.errors).toHaveLength(1)
      expectFault(error.errors[0], fault, 'KEEL_STOP_TIMEOUT')
      expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped', 'crashed'])
    }
  )
})

describe('a hook of a restart', () => {
  it.each(cases(['onRestart']))('%s that %s fails the restart alone', async (hook, way, body, fault) => {
    const { journal, chain } = three(hook, body)
    const app = await createTestApplication(chain[2]!).start()
    const restarting = rejection(app.service(chain[1]!).restart())
    if (/never|after/.test(way)) await app.clock.advance('2s')
    const error = (await restarting) as StartError
    expect(error).toMatchObject({ name: 'StartError', service: 'B', path: ['C', 'B'], phase: hook })
    expectFault(error.cause, fault, 'KEEL_START_TIMEOUT')
    expect(app.services.map(({ state }) => state)).toEqual(['running', 'crashed', 'running'])
    expect(app.state).toBe('running')
    expect(app.health().ready).toBe(false)
    expect(journal.lines.slice(3)).toEqual(['B.onStop', 'B.onShutdown', 'B.onRestart', 'B.onShutdown'])
    await app.stop()
    await expectQuiet(app)
  })
})

describe('a hook that never settles', () => {
  const hooks = [
    'onFirstStart',
    'onStart',
    'onStarted',
    'onReady',
    'onDrain',
    'onStop',
    'onShutdown'
  ] as const

  it.each(hooks)('%s leaves no timer behind', async (hook) => {
    const journal = new Journal()
    const a = journal.service('A', { [hook]: never, options: { startTimeout: '1h' } })
    const bad = journal.service('Bad', {
      onReady: () => Promise.reject(boom),
      onStart: ({ clock }) => (hook === 'onReady' ? undefined : takes(10)({ clock } as ServiceContext))
    })
    const clock = new TestClock()
    const fails = hook === 'onReady' || hook.startsWith('onSt') || hook === 'onFirstStart'
    const app = await createApplication(fails ? [a, bad] : a, { clock, logger: false, startTimeout: '1m' })
    const starting = app.start().catch((error: unknown) => error)
    await clock.advance('2m')
    await starting
    const stopping = app.stop().catch((error: unknown) => error)
    await clock.advance('1m')
    await stopping
    expect(app.state).toBe('stopped')
    expect(clock.pending.count).toBe(0)
  })
})

describe('onReady in flight when its service is to stop', () => {
  it('is told to end, and awaited before onStop', async () => {
    const journal = new Journal()
    const a = journal.service('A', {
      async onReady(context) {
        await context.stopRequested()
        await takes(3000)(context)
        journal.note('A is ready, too late')
      }
    })
    const bad = journal.service('Bad', { onReady: () => Promise.reject(boom) })
    const app = await createTestApplication([a, bad]).create()
    const error = (await rejection(app.start())) as StartError
    expect(error).toMatchObject({ service: 'Bad', phase: 'onReady', errors: [] })
    expect(journal.lines.slice(2)).toEqual([
      'A.onReady',
      'Bad.onReady',
      'Bad.onStop',
      'A is ready, too late',
      'A.onStop'
    ])
  })

  it('that fails then, or never ends, is told with the roll-back', async () => {
    const journal = new Journal()
    const late = new Error('late')
    const a = journal.service('A', {
      onReady: async ({ stopRequested }) => (await stopRequested(), Promise.reject(late))
    })
    const b = journal.service('B', { onReady: never })
    const bad = journal.service('Bad', { onReady: () => Promise.reject(boom) })
    const app = await createTestApplication([a, b, bad]).create()
    const error = (await rejection(app.start())) as StartError
    expect(error.errors).toHaveLength(2)
    expect(error.errors).toContain(late)
    expect(error.errors).toContainEqual(expect.objectContaining({ code: 'KEEL_STOP_TIMEOUT', service: 'B' }))
    expect((error.errors as Error[]).map(({ message }) => message).join()).toContain(
      'onReady did not end within 10s'
    )
    expect(journal.lines.filter((line) => line.endsWith('onStop'))).toHaveLength(3)
  })

  it('does not keep a start by hand waiting', async () => {
    const journal = new Journal()
    let hangs = false
    const a = journal.service('A', { onReady: () => (hangs ? never() : undefined) })
    const app = await createTestApplication(a).start()
    await app.service(a).stop()
    hangs = true
    const starting = app
      .service(a)
      .start()
      .catch((error: unknown) => error)
    await app.clock.settle()
    const stopping = rejection(app.service(a).stop())
    await app.clock.advance('10s')
    expect(await stopping).toMatchObject({ failures: [{ phase: 'onReady' }] })
    expect(await starting).toMatchObject({ code: 'KEEL_START_ABORTED', service: 'A' })
    expect(app.service(a).state).toBe('stopped')
  })
})

describe('a hook that is told to end by its signal', () => {
  const heeds: HookBody = ({ signal }: ServiceContext) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })

  it.each(['onFirstStart', 'onStart', 'onStarted', 'onReady'] as const)(
    '%s ends normally by rejecting with it',
    async (hook) => {
      const { chain, journal } = three(hook, heeds)
      const app = await createTestApplication(chain[2]!).create()
      app.clock.setTimeout(() => void app.stop(), 1000)
      const error = await rejection(app.start())
      expect(error).toMatchObject({ code: 'KEEL_START_ABORTED' })
      expect((error as Error).cause).toBeUndefined()
      expect(journal.lines.at(-1)).toBe('A.onShutdown')
      expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
    }
  )

  it('and rejects with something else is an error of the stop', async () => {
    const { chain } = three(
      'onStart',
      async ({ stopRequested }) => (await stopRequested(), Promise.reject(boom))
    )
    const app = await createTestApplication(chain[2]!).create()
    app.clock.setTimeout(() => void app.stop().catch(() => {}), 1000)
    const error = (await rejection(app.start())) as Error
    expect(error).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect((error.cause as StopError).failures).toEqual([{ service: 'B', phase: 'onStart', error: boom }])
  })
})
