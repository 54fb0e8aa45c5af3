import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pino } from 'pino'
import { createApplication, Service } from 'keelson'
import { Journal } from '../app/journal.js'
import { controlled, Raw, scratchFolder } from './scratch.js'

const folder = scratchFolder()
let count = 0
const freshPath = (): string => join(folder, `${++count}.sock`)

@Service()
class Feed {}

/** A log that is kept. */
function kept(): { lines: Record<string, unknown>[]; logger: pino.Logger } {
  const lines: Record<string, unknown>[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>)
  return { lines, logger: pino({}, { write }) }
}

describe('the place of a control socket', { timeout: 60_000 }, () => {
  it.skipIf(process.platform === 'win32')(
    'is a file for its user alone, gone with the application',
    async () => {
      const path = join(folder, 'new', 'folder', 'a.sock')
      {
        await using _ = await controlled(Feed, path)
        expect(lstatSync(path).isSocket()).toBe(true)
        expect(statSync(path).mode & 0o777).toBe(0o600)
        expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700)
        expect(readdirSync(join(folder, 'new', 'folder'))).toEqual(['a.sock'])
      }
      expect(existsSync(path)).toBe(false)
    }
  )

  it.skipIf(process.platform === 'win32')(
    'is made in its folder alone: the one above may be closed, as that of a RuntimeDirectory of systemd is',
    async () => {
      const above = join(folder, 'above')
      mkdirSync(join(above, 'shop'), { recursive: true })
      const longAgo = new Date(2000, 0)
      utimesSync(above, longAgo, longAgo)
      await using _ = await controlled(Feed, join(above, 'shop', 'a.sock'))
      expect(readdirSync(join(above, 'shop'))).toEqual(['a.sock'])
      // nothing has come into it, nor gone
      expect(statSync(above).mtime).toEqual(longAgo)
    }
  )

  it('is not needed: where there can be none, the log says why and the application goes on', async () => {
    const { lines, logger } = kept()
    const places = [join(folder, 'x'.repeat(120)), join(folder, 'a file', 'b.sock'), join(folder, 'a file')]
    writeFileSync(join(folder, 'a file'), 'mine')
    for (const path of places) {
      await using app = await createApplication(Feed, { logger, control: path })
      await app.start()
      expect(app.state).toBe('running')
    }
    const warnings = lines.filter((line) => line['msg'] === 'there is no control socket')
    expect(warnings.map((line) => line['reason'])).toEqual([
      expect.stringContaining('longer than the 103 bytes'),
      expect.stringMatching(/EEXIST|ENOTDIR/),
      expect.stringContaining('is there, and is no socket')
    ])
    expect(statSync(join(folder, 'a file')).size).toBe(4)
  })

  it('is not taken from another program that listens there', async () => {
    const path = freshPath()
    await using first = await controlled(Feed, path)
    const { lines, logger } = kept()
    await using second = await controlled(Feed, path, { logger })
    await second.app.start()
    expect(lines[0]).toMatchObject({ reason: expect.stringContaining('another program listens') })
    await second.app[Symbol.asyncDispose]()
    expect(await first.client.ask('GET', '/v1/levels')).toHaveLength(2)
  })

  it('is taken from a program that is gone', async () => {
    const path = freshPath()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(join(folder, 'moved'), resolve))
    // what a killed process leaves: a file that nobody listens at
    renameSync(join(folder, 'moved'), path)
    await new Promise((resolve) => other.close(resolve))
    expect(existsSync(path)).toBe(true)
    await using first = await controlled(Feed, path)
    expect(await first.client.ask('GET', '/v1/levels')).toHaveLength(2)
  })

  it.skipIf(process.platform === 'win32')(
    "is in the common folder when the one of the session is open to others, or somebody else's",
    async () => {
      const { TMPDIR, XDG_RUNTIME_DIR } = process.env
      const [session, common] = [join(folder, 'session'), join(folder, 'common')]
      mkdirSync(join(session, 'keelson'), { recursive: true })
      chmodSync(join(session, 'keelson'), 0o755)
      mkdirSync(common)
      try {
        process.env['TMPDIR'] = common
        process.env['XDG_RUNTIME_DIR'] = session
        const options = { name: 'Shop & Sons', logger: false, control: true } as const
        await using first = await createApplication(Feed, options)
        await using second = await createApplication(Feed, options)
        const files = readdirSync(join(common, `keelson-${process.getuid?.()}`))
        expect(files.toSorted()).toEqual([`Shop_Sons-${process.pid}.2.sock`, `Shop_Sons-${process.pid}.sock`])
        expect([first.state, second.state]).toEqual(['created', 'created'])
        expect(readdirSync(join(session, 'keelson'))).toEqual([])
      } finally {
        restore('TMPDIR', TMPDIR)
        restore('XDG_RUNTIME_DIR', XDG_RUNTIME_DIR)
      }
    }
  )

  it('is left alone when somebody else has come to it meanwhile', async () => {
    const path = freshPath()
    const first = await controlled(Feed, path)
    await using second = await controlled(Feed, freshPath())
    renameSync(second.client.program.path, path)
    await first[Symbol.asyncDispose]()
    expect(existsSync(path)).toBe(true)
  })

  it.each([0, '', {}, null])('is refused when the option says %j', async (control) => {
    const options = { control: control as never, logger: false } as const
    await expect(createApplication(Feed, options)).rejects.toThrow(
      'KEEL_INVALID_OPTION: the option control is'
    )
  })

  it('is nowhere unless asked for', async () => {
    mkdirSync(join(folder, 'empty'))
    await using app = await createApplication(Feed, { logger: false })
    await app.start()
    expect(readdirSync(join(folder, 'empty'))).toEqual([])
  })
})

describe('what is no request', { timeout: 60_000 }, () => {
  it.each([
    ['words', 'hello?\r\n\r\n'],
    ['bytes', '\u0000\u0001\u0002\r\n\r\n'],
    ['a head without end', `GET /v1/levels HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`]
  ])('is refused, and nothing else happens: %s', async (_, text) => {
    await using shop = await controlled(Feed, freshPath())
    const answer = await new Raw(shop.client.program.path).say(text).ended
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await shop.client.ask('GET', '/v1/levels')).toHaveLength(2)
  })

  it.each([
    ['GET', '/', 404, 'there is no /'],
    ['GET', '/v2/levels', 404, 'there is no /v2/levels'],
    ['GET', '/v1/constructor', 404, 'there is no /v1/constructor'],
    ['DELETE', '/v1/levels', 405, 'is asked for with GET'],
    ['GET', '/v1/stop', 405, 'is asked for with POST'],
    ['GET', '/v1/services?servise=Feed', 400, "did you mean 'service'?"],
    ['GET', '/v1/services?service=', 400, 'service is empty'],
    ['GET', '/v1/services?service=a&service=b', 400, 'service is there twice'],
    ['GET', '/v1/services?service=Fed', 400, "there is no service 'Fed'"],
    ['GET', '/v1/health?ask=yes', 400, "ask is 'yes'"],
    ['GET', '/v1/logs?since=yesterday', 400, "since is 'yesterday'"],
    ['GET', '/v1/logs?level=loud', 400, "there is no level 'loud'"],
    ['GET', '/v1/logs?level=toString', 400, "there is no level 'toString'"],
    ['POST', '/v1/level?service=*&level=constructor', 400, "there is no level 'constructor'"],
    ['POST', '/v1/level?service=Feed', 400, 'level is missing'],
    ['POST', '/v1/level?level=info', 400, 'service is missing'],
    ['POST', '/v1/restart', 400, 'service is missing'],
    ['GET', 'http://[/v1/levels', 400, 'cannot be read']
  ])('is refused with its reason: %s %s', async (method, path, status, reason) => {
    await using shop = await controlled(Feed, freshPath())
    const answer = await new Raw(shop.client.program.path).say(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
    ).ended
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer).toContain(reason)
  })

  it('keeps nobody waiting for what else is sent, however much', async () => {
    await using shop = await controlled(Feed, freshPath())
    const raw = new Raw(shop.client.program.path)
    raw.say(`GET /v1/levels HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n${'x'.repeat(70_000)}`)
    expect(await raw.ended).toContain('"service":"Feed"')
  })
})

describe('a reader of the log', { timeout: 60_000 }, () => {
  const follow = 'GET /v1/logs?follow=1 HTTP/1.1\r\nhost: x\r\n\r\n'

  it('that goes away in the middle is forgotten, and the others go on', async () => {
    await using shop = await controlled(Feed, freshPath(), { logger: pino({}, { write() {} }) })
    const [leaves, stays] = [new Raw(shop.client.program.path), new Raw(shop.client.program.path)]
    await Promise.all([leaves.say(follow).hears('200 OK'), stays.say(follow).hears('200 OK')])
    leaves.socket.destroy()
    await leaves.ended
    for (let line = 0; line < 100; line++) shop.app.log.info(`line ${line}`)
    await stays.hears('line 99')
    expect(shop.app.state).toBe('created')
  })

  it('that is too slow loses lines, and is told how many', async () => {
    await using shop = await controlled(Feed, freshPath(), { logger: pino({}, { write() {} }) })
    const raw = new Raw(shop.client.program.path)
    await raw.say(follow).hears('200 OK')
    raw.socket.pause()
    for (let line = 0; line < 60; line++) shop.app.log.info('x'.repeat(100_000))
    raw.socket.resume()
    const told = raw.hears('lines left out: the reader was too slow').then(() => true)
    // what was held back has to be gone before there is room for more
    while ((await Promise.race([told, nextTurn()])) !== true) shop.app.log.info('and now')
    expect(shop.app.state).toBe('created')
  })

  it('is let go when the application ends', async () => {
    const shop = await controlled(Feed, freshPath())
    const raw = new Raw(shop.client.program.path)
    await raw.say(follow).hears('200 OK')
    await shop[Symbol.asyncDispose]()
    expect(await raw.ended).toMatch(/0\r\n\r\n$/)
  })
})

describe('while the application stops', { timeout: 60_000 }, () => {
  it('the rest can be looked at, and everybody who asked for the stop is told how it went', async () => {
    let release = (): void => {}
    const hangs = new Promise<void>((resolve) => (release = resolve))
    const journal = new Journal()
    const Slow = journal.service('Slow', { onStop: () => hangs })
    await using shop = await controlled(Slow, freshPath())
    await shop.app.start()
    const stops = [shop.client.ask('POST', '/v1/stop'), shop.client.ask('POST', '/v1/stop')]
    await new Promise<void>((resolve) => {
      shop.app.state$.subscribe((state) => {
        if (state === 'stopping') resolve()
      })
    })
    const view = await shop.client.ask<{ services: object[] }>('GET', '/v1/services')
    const refusal = await shop.client.ask('POST', '/v1/restart', { service: 'Slow' }).catch(String)
    release()
    expect(await Promise.all(stops)).toMatchObject([{ application: 'Shop' }, { application: 'Shop' }])
    expect(view.services).toMatchObject([{ name: 'Slow', state: 'stopping', pending: { step: 'onStop' } }])
    expect(refusal).toContain('Slow cannot restart: Shop is about to stop')
    expect(journal.lines).toEqual(['Slow.onStart', 'Slow.onStop'])
  })

  it('what is under way is answered with that', async () => {
    const journal = new Journal()
    const Feeder = journal.service('Feeder', { onRestart: ({ stopRequested }) => stopRequested() })
    const shop = await controlled(Feeder, freshPath())
    await shop.app.start()
    const restart = shop.client.ask('POST', '/v1/restart', { service: 'Feeder' }).catch(String)
    await new Promise<void>((resolve) => {
      shop.app.services[0]?.state$.subscribe(({ state, run }) => {
        if (state === 'starting' && run === 2) resolve()
      })
    })
    await shop[Symbol.asyncDispose]()
    expect(await restart).toMatch(/KEEL_START_ABORTED|has ended before this was over/)
  })

  it('a stop that fails says what failed', async () => {
    const journal = new Journal()
    const Bad = journal.service('Bad', {
      onStop: () => {
        throw new Error('the disk is full')
      }
    })
    await using shop = await controlled(Bad, freshPath())
    await shop.app.start()
    await expect(shop.client.ask('POST', '/v1/stop')).rejects.toThrow(
      /KEEL_STOP_FAILED.*\n.*the disk is full/
    )
  })

  it('and is over, there is nothing more to stop', async () => {
    await using shop = await controlled(Feed, freshPath())
    await shop.app.start()
    await shop.client.ask('POST', '/v1/stop')
    await expect(shop.client.ask('POST', '/v1/stop')).rejects.toThrow("Shop is 'stopped' already")
  })
})

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => void setImmediate(() => resolve(undefined)))
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
