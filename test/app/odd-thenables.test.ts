import { describe, expect, it } from 'vitest'
import { createApplication, Service, StartError, StopError, Task, type Application } from 'keelson'

const boom = new Error('boom')

/** What looks like a promise and is none, by what it does when it is awaited. */
const ODD: Readonly<Record<string, () => unknown>> = {
  'whose then throws': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    then() {
      throw boom
    }
  }),
  'whose then cannot be read': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    get then() {
      throw boom
    }
  }),
  'that cannot be looked at': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
}

/** It answers, and throws afterwards. */
const TWICE = {
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  then(done: (value: undefined) => void) {
    done(undefined)
    throw boom
  }
}

async function applicationOf(
  members: Record<string, () => unknown>,
  stopped: string[] = []
): Promise<Application> {
  @Service()
  class Needed {
    onStop(): void {
      stopped.push('Needed')
    }
  }
  class Odd {
    constructor(readonly needed: Needed) {}
  }
  Object.assign(Odd.prototype, members)
  if ('work' in members)
    Task()(Odd.prototype, 'work', Object.getOwnPropertyDescriptor(Odd.prototype, 'work')!)
  Service({ inject: [Needed] })(Odd)
  return createApplication([Needed, Odd], { logger: false })
}

describe.each(Object.entries(ODD))('a promise of another make %s', (_what, make) => {
  it.each(['onFirstStart', 'onStart', 'onStarted'])('fails the start when %s returns it', async (hook) => {
    const stopped: string[] = []
    const app = await applicationOf({ [hook]: make }, stopped)
    const error: unknown = await app.start().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({ phase: hook })
    expect([app.state, stopped]).toEqual(['stopped', ['Needed']])
  })

  it.each(['onStop', 'onShutdown'])('is an error of the stop when %s returns it', async (hook) => {
    const stopped: string[] = []
    const app = await applicationOf({ [hook]: make }, stopped)
    await app.start()
    const error: unknown = await app.stop().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StopError)
    expect((error as StopError).failures).toMatchObject([{ service: 'Odd', phase: hook }])
    expect([app.state, stopped]).toEqual(['stopped', ['Needed']])
  })

  it('is a crash when a task returns it', async () => {
    const stopped: string[] = []
    const app = await applicationOf({ work: make }, stopped)
    // a task that fails at once does so before everything has started
    await expect(app.start()).rejects.toMatchObject({ service: 'Odd', phase: 'work' })
    expect([app.state, stopped]).toEqual(['stopped', ['Needed']])
  })
})

describe('a promise of another make that answers, and throws afterwards', () => {
  it('has answered', async () => {
    const members = { onStart: () => TWICE, work: () => TWICE, onStop: () => TWICE, onShutdown: () => TWICE }
    const app = await applicationOf(members)
    await app.start()
    await expect(app.stop()).resolves.toBeUndefined()
    expect(app.state).toBe('stopped')
  })
})
