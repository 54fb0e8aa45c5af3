import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApplication, Service, type ApplicationOptions } from 'keelson'

@Service()
class Printer {
  onStart(): void {
    console.log('%d pages', 7)
  }
}

type Line = Readonly<Record<string, unknown>>

function recording(): { lines: Line[]; logger: pino.Logger } {
  const lines: Line[] = []
  const write = (line: string): void => {
    const parsed = JSON.parse(line) as Line
    if (parsed['console'] !== undefined) lines.push(parsed)
  }
  return { lines, logger: pino({ level: 'trace', base: null, timestamp: false }, { write }) }
}

const original = console.log
afterEach(() => {
  console.log = original
})

describe('redirectConsole', () => {
  it('is refused when it is neither yes, no nor a level', async () => {
    const options = { redirectConsole: 'loud' } as unknown as ApplicationOptions
    await expect(createApplication(Printer, options)).rejects.toThrow('redirectConsole is "loud"')
  })

  it('is off by default', async () => {
    await using app = await createApplication(Printer, { logger: false })
    console.log = vi.fn()
    const mine = console.log
    await app.start()
    expect(console.log).toBe(mine)
    expect(mine).toHaveBeenCalledWith('%d pages', 7)
  })

  it('turns what is printed into lines of the service that prints, and of the application', async () => {
    const { lines, logger } = recording()
    await using app = await createApplication(Printer, { logger, redirectConsole: true })
    await app.start()
    console.error('100%', { id: 1 })
    console.warn('careful')
    console.debug('detail')
    expect(lines).toEqual([
      { level: 30, service: 'Printer', path: 'Printer/Printer', depth: 2, console: 'log', msg: '7 pages' },
      { level: 50, console: 'error', msg: '100% { id: 1 }' },
      { level: 40, console: 'warn', msg: 'careful' },
      { level: 20, console: 'debug', msg: 'detail' }
    ])
  })

  it('may give all of it one level', async () => {
    const { lines, logger } = recording()
    await using app = await createApplication(Printer, { logger, redirectConsole: 'warn' })
    await app.start()
    expect(lines.map((line) => line['level'])).toEqual([40])
  })

  it('leaves the console as it was before, not as Node.js made it', async () => {
    const mine = vi.fn()
    console.log = mine
    const app = await createApplication(Printer, { logger: false, redirectConsole: true })
    await app.start()
    expect(console.log).not.toBe(mine)
    await app.stop()
    expect(console.log).toBe(mine)
    await app.start()
    expect(console.log).not.toBe(mine)
    await app[Symbol.asyncDispose]()
    expect(console.log).toBe(mine)
    expect(mine).not.toHaveBeenCalled()
  })

  it('of two applications that stop in either order leaves nothing behind', async () => {
    const mine = vi.fn()
    console.log = mine
    const [one, two] = [recording(), recording()]
    const apps = await Promise.all(
      [one, two].map(({ logger }) => createApplication(Printer, { logger, redirectConsole: true }))
    )
    for (const app of apps) await app.start()
    await apps[0]!.stop()
    console.log('to the second')
    await apps[1]!.stop()
    console.log('to nobody')
    expect(two.lines.at(-1)).toMatchObject({ msg: 'to the second' })
    expect(mine.mock.calls).toEqual([['to nobody']])
  })

  it('does not go round in circles when the logger writes to the console', async () => {
    const mine = vi.fn()
    console.log = mine
    const logger = pino({}, { write: (line: string) => console.log(line) })
    await using app = await createApplication(Printer, { logger, redirectConsole: true })
    await app.start()
    console.log('hello')
    expect(mine.mock.calls.filter(([line]) => String(line).includes('"msg":"hello"'))).toHaveLength(1)
  })

  it('leaves a line of a logger that writes to the console as it is, whichever method that takes', async () => {
    const mine = vi.fn()
    console.log = mine
    const logger = pino({}, { write: (line: string) => console.log(line) })
    await using app = await createApplication(Printer, { logger, redirectConsole: true })
    await app.start()
    console.error('too hot')
    expect(mine.mock.calls.map(([line]) => JSON.parse(String(line)) as object)).toContainEqual(
      expect.objectContaining({ level: 50, console: 'error', msg: 'too hot' })
    )
  })
})
