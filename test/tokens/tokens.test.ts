import { describe, expect, it } from 'vitest'
import {
  all,
  InjectionToken,
  isClass,
  isInjectionToken,
  isToken,
  isWanted,
  lazy,
  optional,
  readDependency,
  tokenName,
  unwrapToken,
  wanted
} from '../../src/tokens/index.js'
import { anotherCopy } from '../sources/another-copy.js'

class Database {}
abstract class Clock {}
const TOKEN = new InjectionToken<number>('TOKEN')

describe('a class', () => {
  it('is told from a function that returns a token', () => {
    const notClasses = [
      () => Database,
      async () => Database,
      { method() {} }.method,
      1,
      null,
      undefined,
      'a',
      {}
    ]
    for (const value of notClasses) expect(isClass(value)).toBe(false)
    for (const value of [Database, Clock, Map, Function, function Old() {}]) expect(isClass(value)).toBe(true)
  })
})

describe('a token', () => {
  it('is a class, a string, a symbol or an InjectionToken', () => {
    for (const value of [Database, Clock, 'text', Symbol('s'), TOKEN]) expect(isToken(value)).toBe(true)
    for (const value of [() => Database, optional(Database), {}, 1, undefined])
      expect(isToken(value)).toBe(false)
  })

  it('is refused without a name, and with what nobody reads', () => {
    const given: [unknown, unknown?][] = [
      [undefined],
      [7],
      [Symbol('s')],
      [' '],
      ['T', { factroy: () => 1 }],
      ['T', () => 1],
      ['T', { factory: 1 }],
      ['T', null]
    ]
    for (const [name, options] of given)
      expect(() => new InjectionToken(name as string, options as never)).toThrow(
        expect.objectContaining({ code: 'KEEL_INVALID_OPTION' })
      )
    expect(() => new InjectionToken('T', { factroy: () => 1 } as never)).toThrow(/Did you mean 'factory'/)
  })

  it('has a name, and what is none has one for messages', () => {
    const cases: [unknown, string][] = [
      [Database, 'Database'],
      [class {}, 'an anonymous class'],
      [Object.defineProperty(class {}, 'name', { value: 7 }), 'an anonymous class'],
      ['url', 'url'],
      [Symbol('key'), 'key'],
      ['', "''"],
      [Symbol(), 'Symbol()'],
      [Symbol(''), 'Symbol()'],
      [TOKEN, 'TOKEN'],
      [() => Database, 'a function'],
      [undefined, 'undefined'],
      [null, 'null'],
      [{}, 'an object'],
      [5, '5']
    ]
    for (const [token, name] of cases) expect(tokenName(token)).toBe(name)
    expect(String(TOKEN)).toBe('InjectionToken(TOKEN)')
  })

  it('may be given by a function, which is asked when the token is needed', () => {
    expect(unwrapToken(() => Database)).toBe(Database)
    expect(unwrapToken(Database)).toBe(Database)
    expect(unwrapToken(TOKEN)).toBe(TOKEN)
    expect(unwrapToken((() => undefined) as never)).toBeUndefined()
  })
})

describe('a dependency', () => {
  it('is read from a token and from what marks one', () => {
    const none = { optional: false, all: false, lazy: false }
    const later = (): typeof Database => Database
    expect(readDependency(Database)).toEqual({ token: Database, ...none })
    expect(readDependency(later)).toEqual({ token: later, ...none })
    expect(readDependency(optional(TOKEN))).toEqual({ token: TOKEN, ...none, optional: true })
    expect(readDependency(all('plugin'))).toEqual({ token: 'plugin', ...none, all: true })
    expect(readDependency(lazy(later))).toEqual({ token: later, ...none, lazy: true })
    expect(readDependency(optional(lazy(later)))).toEqual({
      token: later,
      ...none,
      lazy: true,
      optional: true
    })
  })

  it('is not anything else', () => {
    const others = [
      undefined,
      null,
      1,
      {},
      { kind: 'optional', token: Database },
      wanted(Database),
      optional(undefined as never),
      all(optional(Database) as never)
    ]
    for (const value of others) expect(readDependency(value)).toBeUndefined()
  })

  it('that is wanted is told from the others', () => {
    expect(isWanted(wanted(Database))).toBe(true)
    expect(isWanted(optional(Database))).toBe(false)
    expect(isWanted({ kind: 'wanted', token: Database })).toBe(false)
  })

  it('is understood from another copy of the package', async () => {
    const copy = await anotherCopy<typeof import('../../src/tokens/index.js')>('tokens')
    expect(isInjectionToken(new copy.InjectionToken('other'))).toBe(true)
    expect(readDependency(copy.optional(Database))).toMatchObject({ token: Database, optional: true })
    expect(isWanted(copy.wanted(Database))).toBe(true)
  })
})
