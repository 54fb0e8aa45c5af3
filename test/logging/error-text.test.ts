import { describe, expect, it } from 'vitest'
import { ConfigurationError, LifecycleError, StopError } from '../../src/errors/index.js'
import { errorText } from '../../src/logging/index.js'

describe('the text of an error', () => {
  it('comes out whatever the error does', () => {
    const hostile = new Proxy(new LifecycleError('KEEL_DISPOSED', { message: 'x' }), {
      get() {
        throw new Error('no')
      }
    })
    expect(errorText(hostile)).toBeTypeOf('string')
    for (const other of [undefined, null, 'oops', 1, {}]) expect(errorText(other)).toBeTypeOf('string')
  })

  it('ends, though causes go round in a circle', () => {
    const error: { cause?: unknown } & Error = new LifecycleError('KEEL_DISPOSED', { message: 'x' })
    Object.defineProperty(error, 'cause', { value: error })
    expect(errorText(error).split('caused by').length).toBeLessThan(20)
  })

  it('is the message of an error of ours, without the stack of the framework', () => {
    const error = new ConfigurationError('KEEL_INVALID_OPTION', { message: 'bad', hint: 'do better' })
    expect(errorText(error)).toBe(`ConfigurationError: ${error.message}`)
    expect(error.message).toContain('do better')
  })

  it('has the stack of what the user threw, below', () => {
    const cause = new Error('connect ECONNREFUSED')
    const text = errorText(new LifecycleError('KEEL_START_TIMEOUT', { message: 'slow', cause }))
    expect(text).toContain('\n  caused by Error: connect ECONNREFUSED\n      at ')
    expect(text).toContain('error-text.test.ts')
  })

  it('tells each of several, and how many more there are', () => {
    const failures = Array.from({ length: 25 }, (_, index) => ({
      service: `S${index}`,
      phase: 'onStop',
      error: new LifecycleError('KEEL_STOP_TIMEOUT', { message: `slow ${index}` })
    }))
    const text = errorText(new StopError(failures))
    expect(text.match(/^ {2}also LifecycleError: /gm)).toHaveLength(20)
    expect(text).toContain('and 5 more')
  })
})
