import { describe, expect, it } from 'vitest'
import { compilePrograms } from './program.js'

const run = compilePrograms()
const inOrder = ['Feed drains', 'Feed ends']

describe.concurrent('process.exit() in a program', () => {
  const fix = (code: number) =>
    `\n  Fix:  Call stop() of the application, or throw new ExitError(${code}) in a task; leave signals to bootstrap().\n`

  it('that runs is told, with what it has not stopped', async () => {
    const { code, words, stderr } = await run('exits-by-itself', { args: ['running'] }).ended
    expect(stderr).toBe(
      `process.exit(3) came while the application was running, and nothing stops in order: Feed (running), Reader (running)${fix(3)}`
    )
    expect(words).toEqual([])
    expect(code).toBe(3)
  })

  it('that stops is told, with what it has not stopped', async () => {
    const { code, stderr } = await run('exits-by-itself', { args: ['stopping'] }).ended
    expect(stderr).toMatch(
      /^process\.exit\(0\) came while the application was stopping, and nothing stops in order: .*Reader \(onStop for /
    )
    expect(code).toBe(0)
  })

  it.each(['before', 'after'])('%s it runs is its own affair', async (when) => {
    const { code, words, stderr } = await run('exits-by-itself', { args: [when] }).ended
    expect(stderr).toBe('')
    expect(words).toEqual(when === 'after' ? ['Feed ends'] : [])
    expect(code).toBe(0)
  })
})

describe.concurrent('a failed start', () => {
  it('is rolled back and printed once, and exits with 1', async () => {
    const { code, words, stderr } = await run('failed-start', { args: ['hook'] }).ended
    expect(words).toEqual(['Feed ends'])
    expect(stderr.match(/Reader failed to start, in onStart: Error: connection refused/g)).toHaveLength(1)
    expect(stderr).toContain('failed-start.')
    expect(code).toBe(1)
  })

  it('shows how far it came, in colours by force only', async () => {
    const [plain, colored] = await Promise.all(
      [{ FORCE_COLOR: undefined }, { FORCE_COLOR: '1' }].map(
        (env) => run('failed-start', { args: ['hook'], env }).ended
      )
    )
    expect(plain?.stderr).toMatch(/\n\nReader {2}failed in onStart\n└─ Feed {2}\S+\n$/)
    expect(colored?.stderr).toContain('\u001B[31mReader  failed in onStart\u001B[0m\n└─ Feed  ')
  })

  it('for which nothing can be wired prints what to do, and exits with 1', async () => {
    const { code, stdout, stderr } = await run('failed-start', { args: ['wiring'] }).ended
    expect(stderr).toContain('KEEL_MISSING_PROVIDER')
    expect(stderr).toContain('nowhere')
    expect(stderr).not.toContain('    at ')
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('for a senseless option is printed too, and exits with 1', async () => {
    const { code, stdout, stderr } = await run('failed-start', { args: ['option'] }).ended
    expect(stderr).toContain('SIGKILL')
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('because of a rejection that a hook forgot names the service', async () => {
    const { code, stderr } = await run('failed-start', { args: ['forgotten'] }).ended
    expect(stderr).toMatch(/Reader failed to start, in \w+: Error: connection refused/)
    expect(code).toBe(1)
  })

  it('because of an exception that nobody caught says that it was one', async () => {
    const { code, stderr } = await run('failed-start', { args: ['exception'] }).ended
    expect(stderr).toMatch(/ failed to start, in uncaughtException: Error: connection refused/)
    expect(code).toBe(1)
  })

  it('because of a rejection that a factory forgot prints it', async () => {
    const { code, words, stderr } = await run('slow-construction', { args: ['forgotten'] }).ended
    expect(words).toEqual(['connects'])
    expect(stderr).toMatch(/^Error: connection refused\n/)
    expect(code).toBe(1)
  })

  it('by an ExitError exits with its code', async () => {
    const { code, stdout, stderr } = await run('failed-start', { args: ['exit'] }).ended
    expect(stdout).toContain('there is nothing to do')
    expect(stderr).toBe('')
    expect(code).toBe(3)
  })

  it('by an ExitError of a task exits with its code, and did not fail', async () => {
    const { code, stdout, stderr } = await run('failed-start', { args: ['exit-task'] }).ended
    expect(stdout).toContain('read asked to exit with code 3')
    expect(stdout).not.toContain('KEEL_START_FAILED')
    expect(stderr).toBe('')
    expect(code).toBe(3)
  })

  it('by an ExitError of a constructor says so in one line, since no log can', async () => {
    const { code, stdout, stderr } = await run('failed-start', { args: ['exit-constructor'] }).ended
    expect(stderr).toBe('Reader asked to exit with code 3: there is nothing to do\n')
    expect(stdout).toBe('')
    expect(code).toBe(3)
  })

  it.each(['exit', 'exit-task', 'exit-constructor'])(
    'by an ExitError says nothing where the log is silent: %s',
    async (why) => {
      const { code, stderr } = await run('failed-start', { args: [why, 'silent'] }).ended
      expect(stderr).toBe('')
      expect(code).toBe(3)
    }
  )
})

describe.concurrent('what goes wrong while it runs', () => {
  it.each([
    ['a task that throws', 'task'],
    ['an exception that nobody caught', 'exception'],
    ['a rejection that a service forgot', 'forgotten'],
    ['a rejection that belongs to no service', 'outside'],
    ['what the main module throws once it runs', 'main'],
    ['the same, where Node is strict about rejections,', 'main', ['--unhandled-rejections=strict']]
  ])('%s drains and stops the rest, is logged, and exits with 1', async (_what, argument, execArgv = []) => {
    const { code, words, logged, stderr } = await run('crash', { args: [argument], execArgv }).ended
    expect(words).toEqual([...inOrder, 'waitUntilStopped() rejects with Error: page 7 is torn'])
    expect(logged.map((line) => line.msg)).toContain('application crashed: Error: page 7 is torn')
    const crashed = logged.filter((line) => line.event === 'service.crashed').map((line) => line.service)
    expect(crashed).toEqual(argument === 'task' || argument === 'forgotten' ? ['Reader'] : [])
    expect(stderr).toBe('')
    expect(code).toBe(1)
  })

  it.each([[[]], [['--unhandled-rejections=strict']]])(
    'is not what ends with the signal of a call that is over, though nobody waits for it %s',
    async (execArgv) => {
      const program = run('left-to-signal', { execArgv })
      await program.prints('looked ten times')
      program.kill('SIGTERM')
      const { code, logged, stderr } = await program.ended
      expect(logged.map(({ msg }) => msg)).toContain('application stopping: SIGTERM')
      expect([code, stderr]).toEqual([0, ''])
    }
  )

  it('that the main module throws during the start fails the start', async () => {
    const { code, words, stderr } = await run('crash', { args: ['main, during the start'] }).ended
    expect(words).not.toContain('Feed drains')
    expect(stderr).toContain('page 7 is torn')
    expect(code).toBe(1)
  })

  it('is printed where the log is silent', async () => {
    const { code, stderr } = await run('crash', { args: ['task', 'silent'] }).ended
    expect(stderr).toMatch(/^Error: page 7 is torn\n {4}at /)
    expect(code).toBe(1)
  })

  it('is printed once where the log is silent, while the application drains too', async () => {
    const program = run('crash', { args: ['while draining', 'silent'] })
    await program.prints('reading')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect(stderr.match(/page 7 is torn/g)).toHaveLength(1)
    expect(code).toBe(1)
  })

  it('an ExitError stops it in order and exits with its code', async () => {
    const { code, words } = await run('crash', { args: ['exit'] }).ended
    expect(words).toEqual(inOrder)
    expect(code).toBe(3)
  })

  it.each([
    ['', []],
    [', where Node is strict about them', ['--unhandled-rejections=strict']]
  ])(
    'a rejection far below a task restarts just that service; one of work that was to end is none%s',
    async (_, execArgv) => {
      const program = run('supervised', { execArgv })
      await program.prints('run 2')
      program.kill('SIGTERM')
      const { code, words, logged } = await program.ended
      expect(words).toEqual(['run 1', 'run 2', 'Bystander stops'])
      expect(logged.filter((line) => line.event === 'service.crashed').map((line) => line.service)).toEqual([
        'Reader'
      ])
      expect(code).toBe(0)
    }
  )
})

describe.concurrent('a stop', () => {
  it.each([
    ['throws', 'Store, in onShutdown: Error: the disk is full'],
    ['hangs', 'Store: onShutdown did not end within'],
    ['ignores', 'task flush'],
    ['dispose', 'was not disposed within']
  ])('in which something %s names it and exits with 1', async (how, named) => {
    const program = run('bad-stop', { args: [how] })
    await program.prints('up')
    program.kill('SIGTERM')
    const { code, stdout } = await program.ended
    expect(stdout).toContain(named)
    expect(code).toBe(1)
  })

  it('whose disposal hangs says so on stderr where there is no log', async () => {
    const program = run('bad-stop', { args: ['dispose', 'from outside', 'silent'] })
    await program.prints('up')
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    expect(stderr.match(/^StopError: /gm)).toHaveLength(1)
    expect(stderr).toContain('pool, in dispose: KEEL_STOP_TIMEOUT: ')
    expect(code).toBe(1)
  })

  it('that fails is no failure of the disposal that follows, where the process is left alone', async () => {
    const { code, words, logged } = await run('bad-stop', { args: ['throws', 'by hand', 'alone'] }).ended
    expect(words).toEqual(['stop() rejects'])
    expect(logged.at(-1)?.event).toBe('application.stopped')
    expect(code).toBe(0)
  })

  it.each([
    ['exit 0 and a stop that fails', 1],
    ['exit 3 and a stop that fails', 3]
  ])('that was asked for, %s, exits with %i', async (what, code) => {
    expect((await run('two-endings', { args: [what] }).ended).code).toBe(code)
  })

  it.each(['a roll-back', 'a crash'])('of %s exits with 1, though a signal comes meanwhile', async (what) => {
    const program = run('two-endings', { args: [what] })
    await program.prints('Store stops')
    program.kill('SIGTERM')
    const { code, stdout, stderr } = await program.ended
    expect(stdout + stderr).toContain('page 7 is torn')
    expect(code).toBe(1)
  })

  it('during which an exception is caught by nobody prints it, goes on and exits with 1', async () => {
    const program = run('bad-stop', { args: ['nobody'] })
    await program.prints('up')
    program.kill('SIGTERM')
    const { code, stderr, logged } = await program.ended
    expect(stderr).toMatch(/^Error: the disk is full\n/)
    expect(logged.at(-1)?.event).toBe('application.stopped')
    expect(code).toBe(1)
  })

  it('whose readers have gone, of log and errors both, crashes and ends all the same', async () => {
    const program = run('closed-output')
    await program.prints('tick')
    program.stopReading()
    expect(await program.ended).toMatchObject({ code: 1, signal: null })
  })

  it('by hand that fails leaves 1 as the exit code of a process that ends by itself', async () => {
    const { code, words } = await run('bad-stop', { args: ['throws', 'by hand'] }).ended
    expect(words).toEqual(['stop() rejects'])
    expect(code).toBe(1)
  })

  it('by hand takes all listeners off the process, which goes on and ends by itself', async () => {
    const { code, words } = await run('by-hand').ended
    expect(words).toEqual([
      'listeners while it runs: 1 1 1 1 1 1',
      'listeners for signals in that moment: 0 0 0 0',
      'started again: KEEL_DISPOSED',
      'listeners after the stop: 0 0 0 0 0 0'
    ])
    expect(code).toBe(0)
  })

  it.each([
    ['started', ['Import ends']],
    ['tasks-done', ['first task done', 'second task done', 'Import ends']]
  ])('of its own, %s, names what is left open and exits with 0', async (until, words) => {
    const ended = await run('run-until', { args: [until] }).ended
    expect(ended.words).toEqual(words)
    const last = ended.logged.at(-1)
    expect(last).toMatchObject({ level: 40, msg: 'still open at exit: TCPServerWrap' })
    // lines for people show what stands beside the message as well
    expect(last).not.toHaveProperty('open')
    expect(ended.code).toBe(0)
  })

  it('by a crash loses no line of a log that another thread writes', async () => {
    const { code, logged } = await run('crash', { args: ['exception', 'in a thread'] }).ended
    expect(code).toBe(1)
    const told = logged.map((line) => line.event)
    expect(told).toContain('application.crashed')
    expect(told.at(-1)).toBe('application.stopped')
  })

  it.each(['in a thread', 'later'])('cut short by a second signal loses no line either (%s)', async (how) => {
    const program = run('slow-stop', { args: ['for ever', how] })
    await program.prints('up')
    program.kill('SIGTERM')
    await program.prints('a quarter of a second later')
    program.kill('SIGTERM')
    const { code, logged } = await program.ended
    expect(code).toBe(143)
    expect(logged.at(-1)?.msg).toBe('last words')
  })

  it('loses no line of a log that another thread writes', async () => {
    const { logged } = await run('run-until', { args: ['started', 'in a thread'] }).ended
    expect(logged.slice(-2).map((line) => line.msg.replace(/ in .*/, ''))).toEqual([
      'application stopped',
      'still open at exit: TCPServerWrap'
    ])
  })
})

describe.concurrent('a process', () => {
  it('with two applications stops both on a signal', async () => {
    const program = run('two-applications')
    await program.prints('for rejections')
    program.kill('SIGTERM')
    const { code, logged, words } = await program.ended
    expect(words.slice(0, 2)).toEqual(['up, with 2 listeners for SIGTERM', 'and 1 for rejections'])
    expect(words.slice(2).toSorted()).toEqual(['First ends', 'Second ends'])
    // what the other still uses is not left open
    expect(logged.filter(({ msg }) => msg.startsWith('still open'))).toEqual([])
    expect(code).toBe(0)
  })

  it('with two applications stops the other one in order when one crashes, and exits with 1', async () => {
    const { code, words } = await run('two-applications', { args: ['crash'] }).ended
    expect(words.slice(-2)).toEqual(['First ends', 'Second ends'])
    expect(code).toBe(1)
  })

  it('that is not the application’s is left alone by a crash', async () => {
    const { code, words, stderr } = await run('left-alone').ended
    expect(words).toEqual([
      'listeners: 0',
      'rejects with Error: page 7 is torn',
      'goes on, exit code untouched'
    ])
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('that is not the application’s is left alone by a failed start, which rejects', async () => {
    const { code, words, stderr } = await run('left-alone', { args: ['start'] }).ended
    expect(words).toEqual([
      'rejects with StartError: KEEL_START_FAILED: Broken failed to start, in onStart: Error: connection refused',
      'goes on, exit code untouched'
    ])
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })
})

describe.concurrent('a rejection that nobody awaits, in the turn in which the program ends', () => {
  it.each([
    ['a task', 'task', 'tasks-done'],
    ['onReady', 'onReady', 'started'],
    ['onDrain', 'onDrain', 'tasks-done'],
    ['onStop', 'onStop', 'tasks-done'],
    ['onShutdown', 'onShutdown', 'started'],
    ['what onStop has put off', 'timer', 'tasks-done']
  ])('of %s is told, and exits with 1', async (_what, place, runUntil) => {
    const { code, stdout, stderr } = await run('floating', { args: [place, runUntil] }).ended
    expect(stdout + stderr).toContain('not saved')
    expect(code).toBe(1)
  })

  it('is printed where the log is silent', async () => {
    const { code, stdout, stderr } = await run('floating', { args: ['onStop', 'tasks-done', 'silent'] }).ended
    expect(stdout).toBe('')
    expect(stderr).toContain('Error: not saved')
    expect(code).toBe(1)
  })

  it('of a stop by hand is told, and leaves the program to go on', async () => {
    const { code, words, logged, stderr } = await run('floating', { args: ['onStop', 'stopped'] }).ended
    expect(words).toEqual(['stopped', 'the program goes on'])
    expect(stderr + JSON.stringify(logged)).toContain('not saved')
    expect(code).toBe(1)
  })

  it('is none where there is none', async () => {
    const { code, stderr } = await run('floating', { args: ['nowhere'] }).ended
    expect([code, stderr]).toEqual([0, ''])
  })
})
