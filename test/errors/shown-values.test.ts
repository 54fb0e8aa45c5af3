import { describe, expect, it } from 'vitest'
import {
  bootstrap,
  createApplication,
  Cron,
  ExitError,
  Inject,
  isKeelsonError,
  Service,
  ServiceBase,
  Supervisor,
  Timer
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { isToken } from '../../src/tokens/index.js'

@Service()
class Orders extends ServiceBase {}

const onMethod = (decorator: unknown) => (): unknown => {
  const { prototype } = class Feed {
    poll(): void {}
  }
  const { poll } = Object.getOwnPropertyDescriptors(prototype)
  return (decorator as (...args: unknown[]) => unknown)(prototype, 'poll', poll)
}
const timer = (option: string) => (value: unknown) => onMethod(Timer(() => 1, { [option]: value }))()
const cron = (option: string) => (value: unknown) => onMethod(Cron('* * * * *', { [option]: value }))()
const boot = (option: string) => (value: unknown) =>
  createApplication(Orders, { logger: false, [option]: value })
const foreign = (option: string) => (value: unknown) =>
  bootstrap(Orders, { logger: false, signals: false, [option]: value })

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const VALUES: readonly [value: unknown, shown: string][] = [
  [5n, '5n'],
  [Symbol('odd'), 'Symbol(odd)'],
  [Object.create(null), 'an object'],
  [{}, 'an object'],
  ['five', '"five"'],
  [Promise.resolve(), 'a promise'],
  [new Map(), 'a Map']
]

async function refusal(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return 'it was accepted'
}

describe('a value that cannot be', () => {
  it.each<[what: string, give: (value: unknown) => unknown]>([
    ['the mode of a timer', timer('mode')],
    ['the overlap of a timer', timer('overlap')],
    ['the onError of a timer', timer('onError')],
    ['the failAfter of a timer', timer('failAfter')],
    ['the jitter of a timer', timer('jitter')],
    ['the enabled of a timer', timer('enabled')],
    ['the misfire of a cron', cron('misfire')],
    ['the runUntil of an application', boot('runUntil')],
    ['the signals of an application', boot('signals')],
    ['a signal of an application', (value) => boot('signals')([value])],
    ['the dumpSignal of an application', boot('dumpSignal')],
    ['the redirectConsole of an application', boot('redirectConsole')],
    ['the concurrency of an application', boot('concurrency')],
    ['the timezone of an application', boot('timezone')],
    ['the clock of an application', boot('clock')],
    ['the runUntil of a program', foreign('runUntil')],
    ['the strategy of a supervisor', (value) => new Supervisor([], { strategy: value as never })],
    ['the maxRestarts of a supervisor', (value) => new Supervisor([], { maxRestarts: value as never })],
    ['the place in a supervisor', (value) => new Supervisor([]).replace(value as never, new Orders())],
    ['the start of a test clock', (value) => new TestClock(value as never)],
    ['a time of a test clock', (value) => new TestClock().setTime(value as never)],
    ['an exit code', (value) => new ExitError(value as never)],
    [
      'a level of the log',
      async (value) => (await createApplication(Orders, { logger: false })).setLogLevel('*', value as never)
    ],
    [
      'work to be fired',
      async (value) => (await createTestApplication(Orders).start()).fire(Orders, value as never)
    ],
    [
      'a state to wait for',
      async (value) => (await createTestApplication(Orders).start()).until(Orders, value as never)
    ]
  ])('is shown as what it is: %s', async (_what, give) => {
    for (const [value, shown] of VALUES) {
      const error = await refusal(() => give(value))
      expect(isKeelsonError(error), `${shown}: ${String(error)}`).toBe(true)
      expect((error as Error).message).toContain(shown)
    }
  })

  it('is shown as what it is: the control socket of an application', async () => {
    for (const [value, shown] of VALUES) {
      if (typeof value === 'string') continue
      const error = await refusal(() => boot('control')(value))
      expect((error as Error).message).toContain(`the option control is ${shown}`)
    }
  })

  it('is shown as what it is: a token', async () => {
    for (const [value, shown] of [
      [5n, '5n'],
      [[], 'an array'],
      [new Set(), 'a Set']
    ] as const) {
      expect(((await refusal(() => Inject(value as never))) as Error).message).toContain(`but is ${shown}`)
    }
  })

  it.each<[what: string, give: (value: unknown) => unknown]>([
    ['app.service()', async (value) => (await createApplication(Orders)).service(value as never)],
    ['setLogLevel()', async (value) => (await createApplication(Orders)).setLogLevel(value as never, 'info')],
    [
      'get() of a module',
      async (value) => (await createApplication(Orders)).get(Orders, { from: value as never })
    ]
  ])('is shown as what it is: what %s is given', async (_what, give) => {
    for (const [value, shown] of VALUES.filter(([value]) => !isToken(value))) {
      const error = await refusal(() => give(value))
      expect((error as Error).message).toContain(shown)
    }
  })

  it('is no number because it reads like one', async () => {
    const error = await refusal(() => boot('concurrency')('5'))
    expect((error as Error).message).toContain('but is "5"')
    expect(((await refusal(() => timer('failAfter')('5'))) as Error).message).toContain('but is "5"')
  })

  it.each<[what: string, give: (value: unknown) => unknown]>([
    ['the name of a service', (value) => Service({ name: value } as never)(class {})],
    ['the options of a service', (value) => Service(value as never)(class {})],
    ['the strategy of a supervisor', (value) => new Supervisor([], { strategy: value as never })],
    ['the concurrency of an application', boot('concurrency')],
    ['the timezone of an application', boot('timezone')],
    ['the options of an application', (value) => createApplication(Orders, value as never)]
  ])('is shown when nobody can look at it: %s', async (_what, give) => {
    expect(await refusal(() => give(revoked()))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('an object')
    })
  })

  it('is shown without what makes it long', async () => {
    const error = await refusal(() => boot('timezone')('x'.repeat(1000)))
    expect((error as Error).message.length).toBeLessThan(400)
  })
})

describe('the option timezone', () => {
  it('takes no list of one, as @Cron takes none', async () => {
    expect(await refusal(() => boot('timezone')(['Europe/Berlin']))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('the option timezone must be the name of a time zone, but is an array')
    })
  })
})
