import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import { ResourceStack } from '../../src/waits/index.js'

const log: string[] = []
function disposable(name: string): Disposable {
  return { [Symbol.dispose]: () => void log.push(name) }
}
function asyncDisposable(name: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.resolve()
      log.push(name)
    }
  }
}
function stack(): ResourceStack {
  log.length = 0
  return new ResourceStack()
}

describe('a resource stack', () => {
  it('refuses what cannot be released, at once, naming it', () => {
    class Connection {}
    const resources = stack()
    for (const [given, named] of [
      [new Connection(), 'a Connection'],
      [{ close() {} }, 'an object without either'],
      [undefined, 'undefined'],
      [null, 'null'],
      ['text', '"text"'],
      [Connection, 'the function Connection']
    ] as const) {
      expect(() => resources.use(given as never)).toThrow(ConfigurationError)
      expect(() => resources.use(given as never)).toThrow(`but was given ${named}`)
    }
    expect(() => resources.defer(disposable('x') as never)).toThrow(ConfigurationError)
    expect(resources.size).toBe(0)
  })

  it('releases each even when others fail, and tells all that went wrong, in order', async () => {
    const resources = stack()
    resources.use(disposable('first'))
    resources.defer(() => {
      throw new Error('sync')
    })
    resources.use(asyncDisposable('second'))
    resources.defer(() => Promise.reject(new Error('async')))
    const errors = await resources.release()
    expect(errors.map(String)).toEqual(['Error: async', 'Error: sync'])
    expect(log).toEqual(['second', 'first'])
  })

  it('goes on when a release takes longer than it may', async () => {
    const resources = stack()
    resources.use(disposable('under it'))
    resources.defer(() => new Promise(() => {}))
    resources.defer(async () => {
      await Promise.resolve()
      throw new Error('fails after it was given up')
    })
    const late = new Error('took too long')
    const errors = await resources.release({ limit: () => Promise.reject(late) })
    expect(errors).toEqual([late, late])
    expect(log).toEqual(['under it'])
  })

  it('releases strictly last in first out, sync and async together, one after the other', async () => {
    const resources = stack()
    resources.use(disposable('1'))
    resources.use(asyncDisposable('2'))
    resources.defer(() => void log.push('3'))
    resources.defer(async () => {
      log.push('4 begins')
      await Promise.resolve()
      log.push('4 ends')
    })
    expect(resources.size).toBe(4)
    expect(await resources.release()).toEqual([])
    expect(log).toEqual(['4 begins', '4 ends', '3', '2', '1'])
    expect(resources.size).toBe(0)
  })

  it('gives the resource back, prefers its async release, and calls it on the resource', async () => {
    const resources = stack()
    class Both {
      readonly name = 'both';
      [Symbol.dispose](): void {
        log.push('sync')
      }
      async [Symbol.asyncDispose](): Promise<void> {
        log.push(this.name)
      }
    }
    const both = new Both()
    expect(resources.use(both)).toBe(both)
    await resources.release()
    expect(log).toEqual(['both'])
  })

  it('releases once, however often it is asked to', async () => {
    const resources = stack()
    resources.use(disposable('x'))
    const released = resources.release()
    expect(resources.release()).toBe(released)
    await released
    await resources.release()
    expect(log).toEqual(['x'])
  })

  it('releases what is added while it releases', async () => {
    const resources = stack()
    resources.use(disposable('1'))
    resources.defer(() => void resources.use(disposable('added')))
    await resources.release()
    expect(log).toEqual(['added', '1'])
  })

  it('releases at once what comes after the end', async () => {
    log.length = 0
    const late: unknown[] = []
    const resources = new ResourceStack({ onLateError: (error) => late.push(error) })
    expect(await resources.release()).toEqual([])
    resources.use(disposable('late'))
    expect(log).toEqual(['late'])
    const boom = new Error('boom')
    resources.defer(() => Promise.reject(boom))
    resources.defer(() => {
      throw boom
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(late).toEqual([boom, boom])
    expect(resources.size).toBe(0)
  })
})
