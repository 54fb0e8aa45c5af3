import { describe, expect, it } from 'vitest'
import { createApplication, Service, type ApplicationOptions } from 'keelson'
import { TestClock } from 'keelson/testing'
import { drainDelayFor } from '../../src/process/ending.js'
import { inside } from '../app/inside.js'
import { Journal, takes } from '../app/journal.js'
import { compilePrograms } from './program.js'

const run = compilePrograms()

describe.concurrent('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s drains, stops in order and exits with 0',
    async (signal) => {
      const program = run('pair')
      await program.prints('up')
      program.kill(signal)
      const { code, words, logged } = await program.ended
      expect(words).toEqual(['up', 'Reader drains', 'Feed drains', 'Reader ends', 'Feed ends'])
      expect(code).toBe(0)
      expect(logged.map((line) => line.msg)).toContain(`application draining: ${signal}`)
    }
  )

  it.each([
    ['comes again', 'SIGINT', 'SIGINT again'],
    ['comes after another one', 'SIGTERM', 'SIGINT after SIGTERM']
  ] as const)(
    'that %s exits at once with its number, and says what has not stopped',
    async (_, first, said) => {
      const program = run('slow-stop', { args: ['for ever'] })
      await program.prints('up')
      program.kill(first)
      await program.prints('a quarter of a second later')
      program.kill('SIGINT')
      const { code, stderr } = await program.ended
      expect(code).toBe(130)
      const [line] = stderr.split('; ')
      expect(line).toBe(`${said}: exits at once`)
      expect(stderr).toMatch(/; not stopped: Slow \(onShutdown for \d+ms\)\n$/)
    }
  )

  it('that comes twice at the same moment, as from a terminal and npm, is one', async () => {
    const program = run('slow-stop')
    await program.prints('up')
    program.kill('SIGINT')
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  })

  it('during the start abandons it: what had started stops, and bootstrap() never settles', async () => {
    const program = run('slow-start')
    await program.prints('Reader begins')
    program.kill('SIGTERM')
    const { code, words, stderr } = await program.ended
    expect(words).toEqual(['Reader begins', 'Reader gives up', 'Reader stops', 'Feed ends'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
  })

  it('during the start exits with 1 when what had started does not stop in order', async () => {
    const program = run('slow-start', { args: ['badly'] })
    await program.prints('Reader begins')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect(code).toBe(1)
    expect(stderr).toContain('Feed, in onShutdown: Error: the disk is full')
  })

  it('while it is constructed starts nothing, and disposes what factories have made', async () => {
    const program = run('slow-construction')
    await program.prints('connects')
    program.kill('SIGTERM')
    const { code, words } = await program.ended
    expect(words).toEqual(['connects', 'disconnects'])
    expect(code).toBe(0)
  })

  it('while it is constructed is not held up for ever by a factory', async () => {
    const program = run('slow-construction', { args: ['for ever'] })
    await program.prints('connects')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect(code).toBe(1)
    expect(stderr).toContain('still being constructed')
  })

  it('while it is constructed is told in the log, and nothing more is begun', async () => {
    const program = run('abandoned-construction')
    await program.prints('connects')
    program.kill('SIGTERM')
    const { code, words, logged, stderr } = await program.ended
    expect(logged.map(({ event, msg }) => ({ event, msg }))).toEqual([
      { event: 'application.stopping', msg: 'application stopping: SIGTERM' }
    ])
    expect(words).toEqual(['connects', 'disposes the cache'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('while a module is awaited lets no further one begin', async () => {
    const program = run('abandoned-construction', { args: ['settles', 'a module'] })
    await program.prints('fetches')
    program.kill('SIGTERM')
    const { code, words, logged, stderr } = await program.ended
    expect(logged.map((line) => line.msg)).toEqual(['application stopping: SIGTERM'])
    expect(words).toEqual(['fetches'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it.each([
    ['a factory', 'connects', 'pool, in factory: Error: connection refused'],
    ['a module', 'fetches', 'Modular, in imports[0] of Modular: Error: connection refused']
  ])(
    'while it is constructed exits with 1 when %s that was under way fails, and tells why',
    async (of, begun, told) => {
      const program = run('abandoned-construction', { args: ['fails', of] })
      await program.prints(begun)
      program.kill('SIGTERM')
      const { code, stderr } = await program.ended
      expect(stderr).toMatch(
        /^LifecycleError: KEEL_START_ABORTED: [\w ]+ was stopped while it was still being/
      )
      expect(stderr).toContain(told)
      expect(stderr).not.toContain('start again')
      expect(code).toBe(1)
    }
  )

  it('while it is constructed takes what is cut short then for ended in order', async () => {
    const program = run('abandoned-construction', { args: ['aborts'] })
    await program.prints('connects')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it.each([
    ['a factory', 'connects', 'the factory of pool', ['connects', 'disposes the cache']],
    ['a module', 'fetches', 'imports[0] of Modular', ['fetches']]
  ])(
    'while it is constructed names %s that does not settle within shutdownTimeout, and disposes the rest',
    async (of, begun, what, said) => {
      const program = run('abandoned-construction', { args: ['hangs', of, '50ms'] })
      await program.prints(begun)
      program.kill('SIGTERM')
      const { code, words, stderr } = await program.ended
      expect(stderr).toContain(
        `KEEL_STOP_TIMEOUT: ${what} did not settle within 50ms, the shutdownTimeout of the application`
      )
      expect(words).toEqual(said)
      expect(code).toBe(1)
    }
  )

  it('that comes again while it is constructed says what it waits for', async () => {
    const program = run('abandoned-construction', { args: ['hangs'] })
    await program.prints('connects')
    program.kill('SIGTERM')
    await program.prints('a quarter of a second later')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect(stderr).toMatch(
      /^SIGTERM again: exits at once; not stopped: the factory of pool \(for \d+(\.\d+)?m?s\)\n$/
    )
    expect(code).toBe(143)
  })

  it('waits for drainDelay before the drain, which Kubernetes asks for on SIGTERM', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1' }
    const [delayed, atOnce] = [run('pair', { env, args: ['{"shutdownTimeout":600}'] }), run('pair', { env })]
    await Promise.all([delayed.prints('up'), atOnce.prints('up')])
    delayed.kill('SIGTERM')
    atOnce.kill('SIGINT')
    const [late, early] = await Promise.all([delayed.ended, atOnce.ended])
    const [lateBy, earlyBy] = [late, early].map(({ logged }) => {
      const at = (text: string): number => logged.find((line) => line.msg.startsWith(text))?.time ?? NaN
      return at('application stopping') - at('application draining')
    })
    // The log counts whole milliseconds, of another clock than timers.
    expect(lateBy).toBeGreaterThan(290)
    expect(earlyBy).toBeLessThan(290)
  })

  it('that the options do not name is left to Node.js', async () => {
    const program = run('pair', { args: ['{"signals":["SIGTERM"]}'] })
    await program.prints('up')
    program.kill('SIGHUP')
    const { signal, words } = await program.ended
    expect(signal).toBe('SIGHUP')
    expect(words).toEqual(['up'])
  })
})

describe('the delay before the drain', () => {
  const inKubernetes = { KUBERNETES_SERVICE_HOST: '10.0.0.1' }
  @Service()
  class Idle {}
  const delay = async (
    options: ApplicationOptions,
    signal: NodeJS.Signals = 'SIGTERM',
    env: NodeJS.ProcessEnv = inKubernetes
  ): Promise<number> => {
    await using app = await createApplication(Idle, { ...options, logger: false })
    return drainDelayFor(inside(app), signal, env)
  }

  it('that Kubernetes asks for leaves half of a short shutdown to the drain and the stop', async () => {
    expect(await delay({})).toBe(5000)
    expect(await delay({ shutdownTimeout: '10s' })).toBe(5000)
    expect(await delay({ shutdownTimeout: '5s' })).toBe(2500)
    expect(await delay({ shutdownTimeout: Infinity })).toBe(5000)
  })

  it('is what the options say, where they do', async () => {
    expect(await delay({ drainDelay: '5s', shutdownTimeout: '5s' })).toBe(5000)
    expect(await delay({ drainDelay: 0 })).toBe(0)
  })

  it('is none for another signal, and elsewhere', async () => {
    expect(await delay({}, 'SIGINT')).toBe(0)
    expect(await delay({}, 'SIGTERM', {})).toBe(0)
  })
})

describe.concurrent('SIGUSR2', () => {
  it('dumps what the program does, which goes on', async () => {
    const program = run('pair')
    await program.prints('up')
    program.kill('SIGUSR2')
    await program.prints('──\n')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect(code).toBe(0)
    expect(stderr.replaceAll(/\d+(\.\d+)?(ms|s| MB)|pid \d+/g, '#')).toMatch(/^── Reader: running for #$/m)
    expect(stderr).toContain('Reader  running\n└─ Feed  running\n')
    expect(stderr).toMatch(/^process \d+, Node\.js/m)
    expect(stderr).toMatch(/^ {2}Reader: running for \S+, run 1$/m)
    expect(stderr).toMatch(/^ +status +reads page 7$/m)
    expect(stderr).toMatch(/^ +activities +reading$/m)
    expect(stderr).toMatch(/^ +task +read: running for \S+$/m)
  })

  it.each(['bootstrap', 'createApplication'])(
    'dumps where it is asked for, though no other signal is heard: %s',
    async (how) => {
      const program = run('dumps-only', { args: [how] })
      await program.prints('up; listeners for SIGTERM: 0')
      program.kill('SIGUSR2')
      await program.prints('──\n')
      program.kill('SIGTERM')
      const { signal, stderr } = await program.ended
      expect(stderr).toMatch(/^ {2}Reader: running for \S+, run 1$/m)
      expect(signal).toBe('SIGTERM')
    }
  )

  it('tells of a start that does not end which hook it waits for', async () => {
    const program = run('slow-start')
    await program.prints('Reader begins')
    program.kill('SIGUSR2')
    await program.prints('──\n')
    program.kill('SIGTERM')
    const { stderr } = await program.ended
    expect(stderr).toMatch(/^ {2}Reader: starting for \S+, run 1\n +waits for +onStart for \S+$/m)
  })

  it('tells of a construction that does not end what it waits for', async () => {
    const program = run('abandoned-construction', { args: ['hangs', 'a factory', '50ms'] })
    await program.prints('connects')
    program.kill('SIGUSR2')
    await program.prints('──\n')
    program.kill('SIGTERM')
    const { stderr } = await program.ended
    expect(stderr).toMatch(/^── being constructed$/m)
    expect(stderr).toMatch(/^ {2}the factory of pool: awaited for \S+$/m)
  })

  it('stops it when it is among the signals that do', async () => {
    const program = run('pair', { args: ['{"signals":["SIGUSR2"]}'] })
    await program.prints('up')
    program.kill('SIGUSR2')
    const { code, words } = await program.ended
    expect(words.at(-1)).toBe('Feed ends')
    expect(code).toBe(0)
  })
})

describe('an application of createApplication()', () => {
  it('hears the signals it is given, from its start to its end; the process ends by itself', async () => {
    const program = run('started-by-hand')
    await program.prints('up')
    program.kill('SIGTERM')
    const { code, words } = await program.ended
    expect(words).toEqual([
      'listeners before the start: 0',
      'up',
      'Reader ends',
      'listeners after the stop: 0'
    ])
    expect(code).toBe(0)
  })

  it('stops once when a signal and its own code ask for it', async () => {
    const journal = new Journal()
    const clock = new TestClock()
    const options = { clock, logger: false, signals: ['SIGHUP'] } as const
    const app = await createApplication(journal.service('A', { onStop: takes(10) }), options)
    await app.start()
    process.emit('SIGHUP', 'SIGHUP')
    expect(app.state).not.toBe('running')
    const stopping = app.stop()
    expect(app.stop()).toBe(stopping)
    await clock.advance(10)
    await stopping
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
  })

  it('is one of two in a process, which leave no listener behind', async () => {
    const journal = new Journal()
    const before = process.listenerCount('SIGHUP')
    for (let round = 0; round < 2; round++) {
      const options = { logger: false, signals: ['SIGHUP'] } as const
      const one = await createApplication(journal.service('One'), options)
      const two = await createApplication(journal.service('Two'), options)
      await Promise.all([one.start(), two.start()])
      expect(process.listenerCount('SIGHUP')).toBe(before + 2)
      await one.stop()
      expect(process.listenerCount('SIGHUP')).toBe(before + 1)
      await two.stop()
      expect(process.listenerCount('SIGHUP')).toBe(before)
    }
  })
})
