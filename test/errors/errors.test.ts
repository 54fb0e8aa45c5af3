import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  ConfigurationError,
  describeThrown,
  ERROR_CODES,
  errorOfProblems,
  ExitError,
  isKeelsonError,
  KeelsonError,
  LifecycleError,
  MaxRestartsExceededError,
  type Problem,
  StartError,
  StopError,
  thrownToJSON,
  WiringError
} from '../../src/errors/index.js'
import { anotherCopy } from '../sources/another-copy.js'

const problem: Problem = {
  code: 'KEEL_ERASED_TYPE',
  message: 'gone',
  path: ['A', 'B'],
  hint: 'mend',
  location: 'a.ts:1'
}
const errors = {
  ConfigurationError: new ConfigurationError('KEEL_INVALID_OPTION', { message: 'no' }),
  LifecycleError: new LifecycleError('KEEL_DISPOSED', { message: 'no' }),
  WiringError: new WiringError([problem]),
  StartError: new StartError({ service: 'A', phase: 'onStart', cause: 1 }),
  StopError: new StopError([{ service: 'A', phase: 'onStop', error: new Error('x') }]),
  MaxRestartsExceededError: new MaxRestartsExceededError({
    supervisor: 'S',
    service: 'A',
    maxRestarts: 1,
    withinMs: 1500,
    cause: undefined
  }),
  ExitError: new ExitError(2)
}

describe('what carries a code', () => {
  it.each(Object.entries(errors))('%s has its name, code and hint, and prints as JSON', (name, error) => {
    expect(error.name).toBe(name)
    expect(error.stack).toMatch(new RegExp(`^${name}: ${error.code}: `))
    expect(error.hint).not.toBe('')
    const json = JSON.parse(JSON.stringify(error)) as object
    expect(json).toMatchObject({ name, code: error.code, message: error.message, hint: error.hint })
    expect(isKeelsonError(error)).toBe(true)
    expect(isKeelsonError(error, error.code)).toBe(true)
    expect(isKeelsonError(error, 'KEEL_TASK_TIMEOUT')).toBe(false)
    expect(error instanceof KeelsonError || error instanceof AggregateError).toBe(true)
  })

  it('tells of a cause that is plain data of an error already, as a test runner makes it, with its stack', () => {
    const data = {
      name: 'TypeError',
      message: 'no such host',
      stack: 'TypeError: no such host\n    at a.ts:1:1'
    }
    const error = new StartError({ service: 'A', phase: 'onStart', cause: new Error('old') })
    error.cause = { __proto__: null, ...data, extra: 1 }
    expect(error.toJSON()).toHaveProperty('cause', data)
    expect(describeThrown(error.cause)).toBe('TypeError: no such host')
  })

  it('of problems that are only said wrongly is a ConfigurationError, of any other a WiringError', () => {
    const wrong: Problem = { ...problem, code: 'KEEL_NOT_A_MODULE', message: 'is no module' }
    const said = errorOfProblems([wrong, wrong])
    expect(said).toBeInstanceOf(ConfigurationError)
    expect(said).toMatchObject({
      code: 'KEEL_NOT_A_MODULE',
      path: ['A', 'B'],
      location: 'a.ts:1',
      hint: 'mend'
    })
    expect(said.problems).toEqual([wrong, wrong])
    expect(said.message).toContain('(problem 2 of 2)')
    expect(said.toJSON()).toMatchObject({ problems: [wrong, wrong] })
    expect(errorOfProblems([wrong, problem])).toBeInstanceOf(WiringError)
    expect(() => errorOfProblems([])).toThrow(TypeError)

    const thrown = new ConfigurationError('KEEL_INVALID_OPTION', { message: 'no', hint: 'yes' })
    expect(thrown.problems).toEqual([
      { code: 'KEEL_INVALID_OPTION', message: 'no', hint: 'yes', path: [], location: undefined }
    ])
    expect(thrown.toJSON()).not.toHaveProperty('problems')
  })

  it('does not show its message twice when it is inspected', () => {
    const shown = inspect(errors.WiringError)
    expect(shown.split('gone')).toHaveLength(2)
    expect(shown).toContain("code: 'KEEL_ERASED_TYPE'")
  })

  it('is recognised from another copy of the package', async () => {
    const copy = await anotherCopy<typeof import('../../src/errors/index.js')>('errors')
    const error = new copy.LifecycleError('KEEL_DISPOSED', { message: 'no' })
    expect(error).not.toBeInstanceOf(LifecycleError)
    expect(isKeelsonError(error, 'KEEL_DISPOSED')).toBe(true)
    expect(isKeelsonError(new copy.StopError([]))).toBe(true)
  })

  it('is not just anything with a code', () => {
    for (const value of [undefined, null, 1, 'KEEL_EXIT', {}, new Error('x'), { code: 'KEEL_EXIT' }]) {
      expect(isKeelsonError(value)).toBe(false)
    }
  })

  it('is not what throws when it is looked at', () => {
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const strict = new Proxy(
      {},
      {
        get() {
          throw new Error('unexpected access')
        }
      }
    )
    expect([isKeelsonError(revoked.proxy), isKeelsonError(strict, 'KEEL_EXIT')]).toEqual([false, false])
  })
})

describe('the errors', () => {
  it('keep what was thrown as it was thrown', () => {
    const boom = { odd: true }
    expect(new StartError({ service: 'A', phase: 'onStart', cause: boom }).cause).toBe(boom)
    expect(new StopError([{ service: 'A', phase: 'onStop', error: boom }]).errors).toEqual([boom])
    expect('cause' in new LifecycleError('KEEL_DISPOSED', { message: 'no' })).toBe(false)
    expect('cause' in new LifecycleError('KEEL_DISPOSED', { message: 'no', cause: undefined })).toBe(true)
  })

  it('tell of the first problem, and hold them all', () => {
    expect(errors.WiringError).toMatchObject({
      code: 'KEEL_ERASED_TYPE',
      path: ['A', 'B'],
      location: 'a.ts:1'
    })
    expect(errors.WiringError.problems).toEqual([problem])
    expect(() => new WiringError([])).toThrow(TypeError)
  })

  it('refuse an exit code that is none', () => {
    for (const code of [-1, 256, 1.5, NaN]) expect(() => new ExitError(code)).toThrow(/^KEEL_INVALID_OPTION/)
    expect(new ExitError(255).exitCode).toBe(255)
  })

  it('say why the program ends, by a text, an error or both', () => {
    const cause = new Error('the database is too new')
    expect(new ExitError(3, 'the database is too new').message).toContain('the database is too new')
    expect(new ExitError(3, cause)).toMatchObject({ cause, message: expect.stringContaining('too new') })
    expect(new ExitError(3, { cause })).toMatchObject({
      cause,
      message: expect.stringContaining('exit with code 3')
    })
    const foreign: unknown = runInNewContext('Object.assign(new Error("too new"), { code: 7 })')
    expect(new ExitError(3, foreign as Error)).toMatchObject({
      cause: foreign,
      message: expect.stringContaining('too new')
    })
    expect(new ExitError(3, { message: undefined }).message).toContain('exit with code 3')
    for (const details of [null, 5, [cause], Promise.resolve(), new Map(), { message: 5 }, { message: null }])
      expect(() => new ExitError(1, details as never)).toThrow(/^KEEL_INVALID_OPTION/)
    expect(() => new ExitError(1, { mesage: 'too new' } as never)).toThrow(/Did you mean 'message'/)
  })

  it('name the services of a stop that failed, a few of very many', () => {
    const failures = Array.from({ length: 9 }, (_, index) => ({
      service: `S${index}`,
      phase: 'onStop',
      error: index
    }))
    expect(new StopError(failures).message).toMatch(/^KEEL_STOP_FAILED: S0, S1, S2, S3, S4 and 4 more failed/)
    expect(new StopError(failures).failures).toEqual(failures)
  })
})

describe('what was thrown', () => {
  it('is told in one line, whatever it is', () => {
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const told: [unknown, string][] = [
      [new TypeError('bad\nworse'), 'TypeError: bad'],
      [new Error(''), 'Error'],
      [Object.assign(new Error('bad'), { name: 'Two\nLines' }), 'Two: bad'],
      [new LifecycleError('KEEL_DISPOSED', { message: 'gone' }), 'KEEL_DISPOSED: gone'],
      [runInNewContext('new RangeError("far")'), 'RangeError: far'],
      ['oops', "'oops' (a string, not an Error)"],
      [42, '42 (a number, not an Error)'],
      [{ a: 1 }, '{ a: 1 } (an object, not an Error)'],
      [undefined, 'undefined (not an Error)'],
      [null, 'null (not an Error)'],
      [revoked.proxy, 'something that cannot be shown']
    ]
    for (const [value, text] of told) expect(describeThrown(value)).toBe(text)
    expect(describeThrown('x'.repeat(10_000)).length).toBeLessThan(400)
  })

  it('is told by what it holds where it says nothing itself, as when nobody listens at any address', () => {
    const refused = ['::1:5432', '127.0.0.1:5432'].map((at) => new Error(`connect ECONNREFUSED ${at}`))
    const all = new AggregateError([...refused, 'no error'])
    const text = 'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432'
    expect(describeThrown(all)).toBe(`AggregateError: ${text}`)
    expect(thrownToJSON(all)).toEqual({ name: 'AggregateError', message: text })
    expect(describeThrown(new AggregateError([all]))).toBe('AggregateError')
    expect(describeThrown(new AggregateError(refused, 'no database'))).toBe('AggregateError: no database')
  })

  it('becomes plain data, causes included, a circle of them too', () => {
    const inner = Object.assign(new Error('inner'), { code: 'ECONNREFUSED' })
    const outer = new Error('outer', { cause: inner })
    expect(thrownToJSON(outer)).toEqual({
      name: 'Error',
      message: 'outer',
      cause: { name: 'Error', message: 'inner', code: 'ECONNREFUSED' }
    })
    Object.assign(inner, { cause: outer })
    expect(JSON.stringify(thrownToJSON(outer)).length).toBeLessThan(2000)
    expect(thrownToJSON(7n)).toEqual({ name: 'bigint', message: '7n (a bigint, not an Error)' })
  })
})

it('every code says what it means and what to do', () => {
  for (const [code, { meaning, fix }] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^KEEL_[A-Z_]+$/)
    for (const text of [meaning, fix]) expect(text).toMatch(/^[A-Z].*\.$/)
  }
})
