import { chmodSync, chownSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createRawServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import {
  createApplication,
  Cron,
  HealthCheck,
  inject,
  Service,
  Task,
  Timer,
  ServiceContext,
  type Application
} from 'keelson'
import { TestClock } from 'keelson/testing'
import type { HealthView } from '../../src/control/index.js'
import { scratchFolder } from '../control/scratch.js'
import { keelson, type Printed } from './console.js'

const folder = scratchFolder()
const NOON = Date.parse('2026-03-07T12:00:00Z')

@Service()
class Store {
  isWell = true
  readonly context = inject(ServiceContext)
  onStart({ setStatus }: ServiceContext): void {
    setStatus('3 connections')
  }
  @HealthCheck({ name: 'ping' }) ping(): void {
    if (!this.isWell) throw new Error('the store is gone')
  }
  @Task() async settle(): Promise<void> {}
}

@Service({ restart: 'temporary' })
class Orders {
  readonly store = inject(Store)
  fails = false
  @Task() async work({ activity, stopRequested }: ServiceContext): Promise<void> {
    await activity('reading', stopRequested)
  }
  @Task({ name: 'once' }) async quick(): Promise<void> {
    if (this.fails) throw new Error('no such order')
  }
  @Timer('1h') poll({ log }: ServiceContext): void {
    log.debug('polled')
  }
  @Timer('5s', { mode: 'delay' }) drip(): void {}
  @Cron('30 2 * * *', { timezone: 'America/New_York' }) nightly(): void {
    throw new Error('no such host')
  }
  @Timer('1h', { enabled: false }) never(): void {}
}

@Service()
class Visitor {
  @Task({ name: 'look.around' }) look(): void {}
}

let count = 0
let app: Application
let path: string
let clock: TestClock

beforeEach(async () => {
  path = join(folder, `${++count}.sock`)
  clock = new TestClock(NOON)
  const logger = pino({}, { write() {} })
  app = await createApplication(Orders, { name: 'Shop', logger, clock, control: path })
  await app.start()
})
afterEach(() => app[Symbol.asyncDispose]().catch(() => undefined))

/** Runs a command that is meant for the application; its process id is not the same twice. */
async function ask(...args: string[]): Promise<Pick<Printed, 'code' | 'stdout' | 'stderr'>> {
  const { code, stdout, stderr } = await keelson([...args, '--socket', path])
  return { code, stdout: stdout.replaceAll(String(process.pid), 'PID'), stderr }
}

async function askJson(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await keelson(['--json', ...args, '--socket', path])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('keelson ps', { timeout: 60_000 }, () => {
  it('shows every service: state, for how long, restarts, what is due next, what it does', async () => {
    await clock.advance('90s')
    const { code, stdout } = await ask('ps')
    expect(stdout.replace(/up for \S+/, 'up for …')).toBe(
      [
        `Shop running for 1m30s · pid PID, up for … · Node.js ${process.versions.node}`,
        '',
        'SERVICE  STATE    FOR    RESTARTS  NEXT  DOING',
        'Store    running  1m30s  0               3 connections',
        'Orders   running  1m30s  0         in 5s  reading',
        ''
      ]
        .join('\n')
        .replace('NEXT  DOING', 'NEXT   DOING')
        .replace('0               3', '0                3')
    )
    expect(code).toBe(0)
  })

  it('shows one service alone, as JSON too', async () => {
    const view = await askJson('ps', 'Orders')
    expect(view).toMatchObject({
      name: 'Shop',
      state: 'running',
      at: NOON,
      process: { pid: process.pid },
      services: [
        { name: 'Orders', state: 'running', run: 1, activities: ['reading'], tasks: expect.any(Array) }
      ]
    })
  })

  it('tells why a service has crashed', async () => {
    app.service(Orders).crash(new Error('out of\npaper'))
    const { stdout } = await ask('ps')
    expect(stdout).toMatch(/^Orders +crashed .*Error: out of paper$/m)
  })

  it('shows what a terminal would obey as what it is, as dump and logs do', async () => {
    const sly = '\u001B[2J\u009B1mgone\r\\u\u0007'
    await app.service(Store).restart()
    app.get(Store).context.setStatus(`${sly}\nnext`)
    app.log.info({ more: sly }, `${sly}\nnext`)
    expect((await ask('ps')).stdout).toContain('\\u{1b}[2J\\u{9b}1mgone \\u\\u{7} next')
    expect((await ask('dump')).stdout).toContain('\\u{1b}[2J\\u{9b}1mgone \\u\\u{7} next')
    expect((await ask('logs')).stdout).toContain('\\u{1b}[2J\\u{9b}1mgone\\u{d}\\u\\u{7}\n    next')
    for (const command of ['ps', 'dump', 'logs'])
      // oxlint-disable-next-line no-control-regex -- what a terminal would obey
      expect((await ask(command)).stdout).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/)
  })

  it('shows it again and again under --watch, until the program ends', async () => {
    const rows: string[] = []
    const write = (text: string): void => {
      if (rows.push(text) === 3) void app[Symbol.asyncDispose]()
    }
    const args = ['ps', '--watch', '--interval', '1ms', '--json', '--socket', path]
    const { code } = await keelson(args, { stdout: { write } })
    expect(code).toBe(0)
    expect(rows.map((row) => (JSON.parse(row) as { name: string }).name)).toContain('Shop')
    expect(rows.every((row) => row.endsWith('}\n') && !row.slice(0, -1).includes('\n'))).toBe(true)
  })

  it('does not take a program for ended under --watch that has only let go of what is watched', async () => {
    const { addChild, removeChild } = app.get(Store).context
    const child = await addChild(Visitor)
    let rows = 0
    const write = (): void => void (++rows === 3 && removeChild(child))
    const args = ['ps', child.name, '--watch', '--interval', '1ms', '--socket', path]
    const { code, stderr } = await keelson(args, { stdout: { write } })
    expect(stderr).toContain("there is no service 'Store/Visitor'")
    expect(code).toBe(64)
  })
})

describe('keelson cron', { timeout: 60_000 }, () => {
  it('shows the next five slots in their time zone, the last call, and what was missed or failed', async () => {
    await app.service(Orders).restart()
    expect((await ask('run', 'Orders.nightly')).code).toBe(1)
    const { stdout } = await ask('cron')
    expect(stdout.split('\n\n').map((block) => block.split('\n').map((line) => line.trimEnd()))).toEqual([
      [
        'Orders.poll  every 1h',
        '  last    never called',
        '  so far  called 0 times, missed 0 times, failed 0 times',
        '  next    in 1h, in 2h, in 3h, in 4h, in 5h'
      ],
      [
        'Orders.drip  5s after its last run',
        '  last    never called',
        '  so far  called 0 times, missed 0 times, failed 0 times',
        '  next    in 5s'
      ],
      [
        'Orders.nightly  30 2 * * *  America/New_York',
        '  last    failed, called 0ms ago, took 0ms: Error: no such host',
        '  so far  called once, missed 0 times, failed once',
        // the hour from two to three does not exist there on the 8th
        '  next    Sun 2026-03-08 03:00:00 GMT-4  in 19h',
        '          Mon 2026-03-09 02:30:00 GMT-4  in 1d18h',
        '          Tue 2026-03-10 02:30:00 GMT-4  in 2d18h',
        '          Wed 2026-03-11 02:30:00 GMT-4  in 3d18h',
        '          Thu 2026-03-12 02:30:00 GMT-4  in 4d18h'
      ],
      [
        'Orders.never  timer, disabled',
        '  last    never called',
        '  so far  called 0 times, missed 0 times, failed 0 times',
        ''
      ]
    ])
  })

  it('gives the slots of a stopped service to nobody', async () => {
    await app.service(Orders).stop()
    expect((await ask('cron')).stdout).toContain("Orders.nightly  cron, its service is 'stopped'")
    expect((await ask('cron', 'Store')).stdout).toBe('no timers, and no crons\n')
  })

  it('is JSON for other programs', async () => {
    expect(await askJson('cron', 'Orders')).toMatchObject({
      now: NOON,
      crons: [
        { service: 'Orders', name: 'poll', schedule: { kind: 'timer', everyMs: 3_600_000, mode: 'rate' } },
        { name: 'drip', schedule: { mode: 'delay' }, next: [NOON + 5000] },
        {
          name: 'nightly',
          schedule: { kind: 'cron', expression: '30 2 * * *', timezone: 'America/New_York' }
        },
        { name: 'never', schedule: { kind: 'off', reason: 'disabled' }, next: [] }
      ]
    })
  })
})

describe('keelson run', { timeout: 60_000 }, () => {
  it.each([
    ['a timer', 'Orders.poll', 'Orders.poll done in 0ms\n', 0],
    ['a task that is over, once more', 'Orders.once', 'Orders.once done in 0ms\n', 0],
    ['a task by its method', 'Orders.quick', 'Orders.once done in 0ms\n', 0],
    ['a cron that fails', 'Orders.nightly', 'Orders.nightly failed after 0ms: Error: no such host\n', 1],
    ['a task that is running', 'Orders.work', 'Orders.work was not called: it is running already\n', 1]
  ])('calls %s, and tells how it went', async (_, task, text, code) => {
    expect(await ask('run', task)).toMatchObject({ stdout: text, code, stderr: '' })
  })

  it('calls a task whose name has a dot, and says so of one that is not there', async () => {
    await app.get(Store).context.addChild(Visitor, { name: 'v1.0' })
    expect(await ask('run', 'Store/v1.0.look.around')).toMatchObject({
      stdout: 'Store/v1.0.look.around done in 0ms\n',
      code: 0
    })
    expect((await ask('run', 'Store/v1.0.look.down')).stderr).toContain("'look.down' in Store/v1.0")
    expect((await ask('run', 'Nobody.look.down')).stderr).toContain("no service 'Nobody.look'")
  })

  it('holds to the rules of the task: one that throws crashes its service', async () => {
    app.get(Orders).fails = true
    const { stdout, code } = await ask('run', 'Orders.once')
    expect({ stdout, code }).toEqual({
      stdout: 'Orders.once failed after 0ms: Error: no such order\n',
      code: 1
    })
    expect(app.service(Orders).state).toBe('crashed')
  })

  it('counts as a call of the task, and leaves nothing listed', async () => {
    const before = app.service(Orders).tasks.length
    await ask('run', 'Orders.once')
    await ask('run', 'Orders.poll')
    expect(app.service(Orders).tasks).toHaveLength(before)
    expect(app.service(Orders).tasks.find((task) => task.name === 'poll')).toMatchObject({ runs: 1 })
  })

  it.each([
    ['Orders', 64, "'Orders' names no task"],
    ['Orders.', 64, "'Orders.' names no task"],
    ['Ordres.poll', 64, "no service 'Ordres'\n  did you mean 'Orders'?"],
    ['Orders.pol', 64, "no task, timer or cron 'pol' in Orders\n  did you mean 'poll'?"],
    ['Store.nothing', 64, 'it has settle.'],
    ['Orders.never', 1, 'Orders.never cannot be called: it is disabled']
  ])('says what is wrong with %s', async (task, code, text) => {
    const printed = await ask('run', task)
    expect(printed).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(text) })
  })

  it('does nothing while the service does not run', async () => {
    await app.service(Orders).stop()
    const { code, stderr } = await ask('run', 'Orders.poll')
    expect(code).toBe(1)
    expect(stderr).toContain("its service does not run\n  Orders is 'stopped'")
  })
})

describe('keelson stop and restart', { timeout: 60_000 }, () => {
  it('stop one service with what needs it, and start each again', async () => {
    expect(await ask('stop', 'Store')).toMatchObject({ code: 0, stdout: 'Orders, Store stopped in 0ms\n' })
    expect(app.services.map((service) => service.state)).toEqual(['stopped', 'stopped'])
    expect((await ask('stop', 'Store')).stdout).toBe('Store did not run\n')
    expect((await ask('restart', 'Store')).stdout).toBe('Store restarted in 0ms\n')
    expect(app.services.map((service) => service.state)).toEqual(['running', 'stopped'])
    expect(app.state).toBe('running')
  })

  it('restart one service alone', async () => {
    const view = await askJson('restart', 'Store')
    expect(view).toMatchObject({ application: 'Shop', changed: [{ service: 'Store', state: 'running' }] })
    expect(app.service(Orders).restartCount).toBe(0)
  })

  it('stop the whole program', async () => {
    expect(await ask('stop')).toMatchObject({ code: 0, stdout: 'Shop stopped in 0ms\n' })
    expect(app.state).toBe('stopped')
  })

  it('want to know which service to restart, and one that is there', async () => {
    expect(await ask('restart')).toMatchObject({ code: 64 })
    expect((await ask('restart', 'Sture')).stderr).toContain("did you mean 'Store'?")
    expect((await ask('stop', 'Sture')).code).toBe(64)
    expect(app.state).toBe('running')
  })
})

describe('keelson level and logs', { timeout: 60_000 }, () => {
  it('show the levels, change them while the program runs, and show what is written then', async () => {
    expect((await ask('level')).stdout).toBe('SERVICE  LEVEL\n*        info\nStore    info\nOrders   info\n')
    expect((await ask('level', 'Orders', 'debug')).stdout).toBe('Orders: info → debug\n')
    await ask('run', 'Orders.poll')
    const { stdout } = await ask('logs', 'Orders', '--level', 'debug', '--since', '2026-03-07T11:59Z')
    expect(stdout).toMatch(/DEBUG \[\S*Orders\] polled\n$/)
    expect(stdout).not.toContain('Store')
    expect((await ask('level', 'Orders')).stdout).toContain('Orders   debug')
  })

  it('change the level of everything at once', async () => {
    expect((await ask('level', '*', 'error')).stdout).toBe(
      '*: info → error\nStore: info → error\nOrders: info → error\n'
    )
    app.log.warn('held back')
    app.log.error('told')
    const lines = (await keelson(['logs', '--json', '--level', 'warn', '--socket', path])).stdout
      .trim()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ msg: 'told' }])
  })

  it('follow the log until the program ends', async () => {
    const heard: string[] = []
    let told = (): void => {}
    const first = new Promise<void>((resolve) => (told = resolve))
    const write = (text: string): void => {
      heard.push(text)
      told()
    }
    const following = keelson(['logs', '--follow', '--socket', path], { stdout: { write } })
    await first
    app.log.info('one more')
    await app[Symbol.asyncDispose]()
    expect((await following).code).toBe(0)
    expect(heard.join('')).toMatch(/INFO {2}one more\n[^]*application stopped/)
  })

  it.each([
    [['level', 'Orders', 'loud'], 64, "there is no level 'loud'"],
    [['level', 'Ordres', 'info'], 64, "did you mean 'Orders'?"],
    [['logs', '--level', 'debgu'], 64, "did you mean 'debug'?"],
    [['logs', '--since', 'yesterday'], 64, "--since is 'yesterday'"],
    [['logs', '--since', '5'], 64, "--since is '5', which is neither a duration nor a date"],
    [['logs', 'Ordres'], 64, "did you mean 'Orders'?"],
    [['ps', '--timeout', 'soon'], 64, "--timeout is 'soon'"],
    [['ps', '--interval', '-1s'], 64, "--interval is '-1s'"]
  ] as const)('say what is wrong: %j', async (args, code, text) => {
    expect(await ask(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(text) })
  })
})

describe('keelson health and dump', { timeout: 60_000 }, () => {
  it('tell by the exit code too whether it is ready, or lives', async () => {
    expect(await ask('health')).toMatchObject({ code: 0, stdout: 'Shop is ready\n' })
    app.get(Store).isWell = false
    expect(await ask('health')).toMatchObject({
      code: 1,
      stdout: 'Shop is not ready\n  Store: ping failed: Error: the store is gone\n'
    })
    expect(await ask('health', '--live')).toMatchObject({ code: 0, stdout: 'Shop is live\n' })
    expect(await ask('health', '--live', '--ready')).toMatchObject({ code: 64 })
    await app.service(Store).stop()
    expect((await ask('health', '--ready')).stdout).toBe(
      "Shop is not ready\n  Store is 'stopped'\n  Orders is 'stopped'\n"
    )
  })

  it('blame children too, and nothing that does not count', async () => {
    @Service()
    class Kid {
      @HealthCheck() check(): void {
        throw new Error('the kid is ill')
      }
    }
    @Service({ critical: false })
    class Extra extends Kid {}
    const { context } = app.get(Store)
    await context.addChild(Kid)
    const extra = await context.addChild(Extra)
    const gone = await context.addChild(Kid, { name: 'Gone' })
    await gone.stop()
    expect((await ask('health')).stdout).toBe(
      'Shop is not ready\n  Store/Kid: check failed: Error: the kid is ill\n'
    )
    const { services } = JSON.parse(
      (await keelson(['health', '--json', '--socket', path])).stdout
    ) as HealthView
    expect(services.map(({ name, parent, critical }) => [name, parent, critical])).toEqual([
      ['Store', undefined, true],
      ['Store/Kid', 'Store', true],
      [extra.name, 'Store', false],
      [gone.name, 'Store', false],
      ['Orders', undefined, true]
    ])
  })

  it('give the report as JSON, with what checks threw', async () => {
    app.get(Store).isWell = false
    const { code, stdout } = await keelson(['health', '--json', '--socket', path])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      live: true,
      ready: false,
      services: [{ name: 'Store', checks: [{ name: 'ping', error: { message: 'the store is gone' } }] }, {}]
    })
  })

  it('show all that the program does', async () => {
    const { stdout } = await ask('dump')
    expect(stdout).toMatch(/^── Shop: running for/)
    expect(stdout).toMatch(/task +work: running/)
    expect(await askJson('dump')).toMatchObject({
      process: { pid: process.pid },
      graph: { nodes: [{ name: 'Store' }, { name: 'Orders' }] },
      services: [{ name: 'Store' }, { name: 'Orders' }]
    })
  })
})

describe('a command that nobody answers', { timeout: 60_000 }, () => {
  it.skipIf(process.getuid?.() !== 0)('says that the socket is of another user', async () => {
    await ask('ps')
    const folderOfOthers = scratchFolder()
    chmodSync(folder, 0o755)
    chownSync(path, 12_345, 12_345)
    try {
      process.seteuid?.(65_534)
      const { code, stderr } = await ask('ps')
      expect(code).toBe(1)
      expect(stderr).toContain(`${path} belongs to another user (uid 12345)\n  run the command as the user`)
      expect((await keelson(['ps', '--socket', join(folderOfOthers, 'x.sock')])).stderr).toContain(
        'another user'
      )
    } finally {
      process.seteuid?.(0)
    }
  })

  it('says that what answers there is something else', async () => {
    const other = createServer((_, response) => response.end('hello'))
    const raw = createRawServer((socket) => socket.on('error', () => {}).end('220 smtp ready\r\n'))
    const places = [join(folder, 'http.sock'), join(folder, 'raw.sock')] as const
    await new Promise<void>((resolve) => other.listen(places[0], resolve))
    await new Promise<void>((resolve) => raw.listen(places[1], resolve))
    for (const place of places) {
      const { code, stderr } = await keelson(['ps', '--socket', place])
      expect([code, stderr]).toEqual([64, expect.stringContaining('is no program of Keelson')])
    }
    other.close()
    raw.close()
  })

  it('says that the program speaks another version of the protocol', async () => {
    const other = createServer((_, response) => response.setHeader('keelson-protocol', '7').end('{}'))
    const place = join(folder, 'seven.sock')
    await new Promise<void>((resolve) => other.listen(place, resolve))
    const { code, stderr } = await keelson(['ps', '--socket', place])
    other.close()
    expect([code, stderr]).toEqual([1, expect.stringContaining('speaks version 7 of the protocol')])
  })

  it('gives up after --timeout, and says what it may be', async () => {
    const silent = createRawServer(() => {})
    const place = join(folder, 'silent.sock')
    await new Promise<void>((resolve) => silent.listen(place, resolve))
    const { code, stderr } = await keelson(['health', '--timeout', '50ms', '--socket', place])
    silent.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /does not answer within 50ms\n {2}its event loop is blocked, or the process is suspended/
    )
  })

  it('tells the reason as one JSON object under --json', async () => {
    const { code, errorJson } = await keelson(['ps', '--json', '--socket', '/nowhere/x.sock'])
    expect(code).toBe(1)
    expect(errorJson()).toEqual({
      error: { message: 'there is no socket at /nowhere/x.sock', hint: expect.any(String), exitCode: 1 }
    })
  })
})
