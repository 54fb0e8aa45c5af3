import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createApplication, inject, Service, type LogLevel, type ServiceContext } from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'

@Service()
class Feed {
  context!: ServiceContext
  onStart(context: ServiceContext): void {
    this.context = context
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  context!: ServiceContext
  async onStart(context: ServiceContext): Promise<void> {
    this.context = context
    await context.addChild(class Page {})
  }
}

const says = (app: TestApplication): void => {
  for (const token of [Feed, Reader]) app.get<Feed | Reader>(token).context.log.debug('a word')
}
const whoSaid = (app: TestApplication): unknown[] =>
  app.logs.filter((line) => line.msg === 'a word').map((line) => line['service'])

describe('setLogLevel()', () => {
  it('refuses a service that is not there, naming a near one, and a level that is none', async () => {
    await using app = await createTestApplication(Reader).start()
    expect(() => app.setLogLevel('Redaer', 'debug')).toThrow('did you mean Reader')
    expect(() => app.logLevel('Redaer')).toThrow('KEEL_UNKNOWN_TOKEN')
    for (const [service, level] of [
      ['Reader', 'loud'],
      ['*', 'loud'],
      ['*', undefined]
    ] as const) {
      expect(() => app.setLogLevel(service, level as LogLevel)).toThrow(/no log level(.|\n)*'trace', 'debug'/)
    }
    expect(app.logLevel()).toBe('trace')
  })

  it('makes one service quieter or louder at once, and lets it follow the application again', async () => {
    await using app = await createTestApplication(Reader).start()
    app.setLogLevel('*', 'info')
    says(app)
    expect(whoSaid(app)).toEqual([])
    app.setLogLevel(Feed, 'debug')
    says(app)
    expect(whoSaid(app)).toEqual(['Feed'])
    expect([app.logLevel(), app.logLevel('Feed'), app.logLevel(Reader)]).toEqual(['info', 'debug', 'info'])
    app.setLogLevel('Feed', undefined)
    says(app)
    expect(whoSaid(app)).toEqual(['Feed'])
    app.setLogLevel('Feed', 'debug')
    app.setLogLevel('*', 'debug')
    says(app)
    expect(whoSaid(app)).toEqual(['Feed', 'Feed', 'Reader'])
  })

  it('holds for what is logged of the service as well, for one that is yet to log, and for a child', async () => {
    await using app = await createTestApplication(Reader).create()
    app.setLogLevel('*', 'warn')
    app.setLogLevel('Feed', 'info')
    await app.start()
    app.setLogLevel('Reader/Page', 'info')
    await app.stop()
    const told = app.logs.map((line) => [line['service'], line['path'], line['depth'], line['event']])
    expect(told).toEqual([
      ['Feed', 'Reader/Feed', 2, 'service.starting'],
      ['Feed', 'Reader/Feed', 2, 'service.started'],
      ['Reader/Page', 'Reader/Reader/Page', 3, 'service.stopping'],
      ['Reader/Page', 'Reader/Reader/Page', 3, 'service.stopped'],
      ['Feed', 'Reader/Feed', 2, 'service.stopping'],
      ['Feed', 'Reader/Feed', 2, 'service.stopped']
    ])
  })

  it('wakes a log that was silent', async () => {
    const lines: string[] = []
    const logger = pino({ level: 'silent' }, { write: (line: string) => void lines.push(line) })
    await using app = await createApplication(Feed, { logger })
    app.setLogLevel(Feed, 'info')
    await app.start()
    expect(lines).toHaveLength(2)
    expect(logger.level).toBe('silent')
  })

  it('knows the levels that a logger has of its own', async () => {
    const logger = pino({ level: 'warn', customLevels: { audit: 35 } }, { write() {} })
    await using app = await createApplication(Feed, { logger })
    app.setLogLevel('Feed', 'audit' as LogLevel)
    expect(app.logLevel('Feed')).toBe('audit')
  })
})
