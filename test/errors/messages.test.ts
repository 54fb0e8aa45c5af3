import { describe, expect, it } from 'vitest'
import {
  ConfigurationError,
  ERROR_CODES,
  ExitError,
  formatProblems,
  LifecycleError,
  MaxRestartsExceededError,
  type Problem,
  StartError,
  StopError,
  WiringError
} from '../../src/errors/index.js'
import { expectGolden } from '../golden.js'

const missing: Problem = {
  code: 'KEEL_MISSING_PROVIDER',
  message: 'Reports needs CLOCK (parameter 1, "clock"), which nothing provides.',
  path: ['AppModule', 'Api', 'Reports', 'CLOCK'],
  location: 'src/reports.ts:14',
  hint: 'List a provider for it in AppModule.\nOr say optional(CLOCK).'
}
const cycle: Problem = {
  code: 'KEEL_DEPENDENCY_CYCLE',
  message: 'Orders and Billing wait for each other.\nOrders needs Billing\n└─ needs Orders',
  path: [],
  hint: 'Make one edge lazy: lazy(() => Orders).'
}

describe('the layout of messages', () => {
  it('has what went wrong in a first line that stands alone, then where, the path, and the fix', () => {
    const { message } = new WiringError([missing])
    expect(message.split('\n')[0]).toBe(`KEEL_MISSING_PROVIDER: ${missing.message}`)
    expectGolden('errors/one-problem.txt', message)
  })

  it('shows all problems, numbered', () => {
    const { message } = new WiringError([missing, cycle])
    expect(message).toBe(formatProblems([missing, cycle]))
    expectGolden('errors/problems.txt', message)
  })

  it('counts the rest of very many problems, and shortens very long paths', () => {
    const path = Array.from({ length: 100_000 }, (_, index) => `Service${index}`)
    const many = Array.from({ length: 20_000 }, () => missing)
    expect(formatProblems(many)).toMatch(/\n\n… and 19950 more problems\.$/)
    expectGolden('errors/long-path.txt', formatProblems([{ ...missing, path }]))
  })

  it('has no path of one step, and the fix of the table where the error brings none', () => {
    const error = new LifecycleError('KEEL_SELF_WAIT', { message: 'Db waits for itself.', path: ['Db'] })
    expect(error.message).toBe(
      `KEEL_SELF_WAIT: Db waits for itself.\n  Fix:  ${ERROR_CODES.KEEL_SELF_WAIT.fix}`
    )
  })

  it('tells of a failed start whose it is, where, why, and what else failed', () => {
    const error = new StartError({
      service: 'Database',
      path: ['Api', 'Orders', 'Database'],
      phase: 'onStart',
      cause: new Error('connect ECONNREFUSED'),
      errors: ['odd', new TypeError('no')],
      location: 'src/database.ts:7'
    })
    expect(error.message).toContain('connect ECONNREFUSED')
    expectGolden('errors/start-error.txt', error.message)
  })

  it('tells of a failed stop each service', () => {
    const failures = [
      { service: 'Orders', phase: 'onStop', error: new Error('disk full') },
      {
        service: 'Feed',
        phase: 'poll',
        error: new LifecycleError('KEEL_STOP_TIMEOUT', { message: 'poll of Feed did not end within 10s.' })
      }
    ]
    const { message } = new StopError(failures, { service: 'Shop' })
    expect(message).toContain('Shop')
    expectGolden('errors/stop-error.txt', message)
  })

  it('tells of a supervisor that gave up how often it tried', () => {
    const error = new MaxRestartsExceededError({
      supervisor: 'Root',
      service: 'Feed',
      maxRestarts: 5,
      withinMs: 60_000,
      cause: new Error('boom')
    })
    expect(error.message.split('\n')[0]).toBe(
      'KEEL_MAX_RESTARTS: Root gave up: Feed crashed again after 5 restarts within 60s: Error: boom'
    )
  })

  it('tells of an exit its code', () => {
    expect(new ExitError(3).message).toMatch(/^KEEL_EXIT: exit with code 3\n/)
    expect(new ExitError(3, { message: 'the database is newer' }).message).toMatch(
      /^KEEL_EXIT: the database is newer/
    )
  })

  it('gains the place from whoever knows it', () => {
    const refuse = (): never => {
      throw new ConfigurationError('KEEL_INVALID_OPTION', { message: 'no', hint: 'yes', service: 'Orders' })
    }
    const located = catching(() => ConfigurationError.locating({ location: 'src/a.ts:1' }, refuse))
    expect(located).toMatchObject({ code: 'KEEL_INVALID_OPTION', location: 'src/a.ts:1', service: 'Orders' })
    expect((located as Error).message).toBe('KEEL_INVALID_OPTION: no\n  at    src/a.ts:1\n  Fix:  yes')
    const foreign = new Error('other')
    const throwing = (): never => {
      throw foreign
    }
    expect(catching(() => ConfigurationError.locating({ location: 'src/a.ts:1' }, throwing))).toBe(foreign)
  })
})

function catching(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
