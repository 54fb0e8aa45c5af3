import { expect, test } from 'vitest'
import { supervisorSettings, type SupervisorOptions } from '../../src/supervisor/index.js'

const settings = (options: object) => supervisorSettings(options, 'the supervisor of ShopModule')
const refused = (options: unknown) => {
  try {
    settings(options as object)
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string }
    return { code, line: message.split('\n')[0], hint }
  }
  return undefined
}

test.each([
  [
    { strategy: 'one_for_all' },
    'strategy of the supervisor of ShopModule must be one of the strategies, but is "one_for_all"'
  ],
  [
    { strategy: 'toString' },
    'strategy of the supervisor of ShopModule must be one of the strategies, but is "toString"'
  ],
  [
    { maxRestarts: -1 },
    'maxRestarts of the supervisor of ShopModule must be a whole number, 0 or more, or Infinity, but is -1'
  ],
  [
    { maxRestarts: 2.5 },
    'maxRestarts of the supervisor of ShopModule must be a whole number, 0 or more, or Infinity, but is 2.5'
  ],
  [
    { maxRestarts: '5' },
    'maxRestarts of the supervisor of ShopModule must be a whole number, 0 or more, or Infinity, but is "5"'
  ],
  [{ within: 0 }, 'within of the supervisor of ShopModule must be longer than 0, but is 0'],
  [
    { replacement: 'other' },
    'replacement of the supervisor of ShopModule must be a function, but is "other"'
  ],
  [{ backoff: true }, 'backoff of the supervisor of ShopModule must be an object, but is true'],
  [
    { backoff: { factor: 0.5 } },
    'factor of the backoff of the supervisor of ShopModule must be a number, 1 or more, but is 0.5'
  ],
  [
    { backoff: { factor: '2' } },
    'factor of the backoff of the supervisor of ShopModule must be a number, 1 or more, but is "2"'
  ],
  [
    { backoff: { factor: Infinity } },
    'factor of the backoff of the supervisor of ShopModule must be a number, 1 or more, but is Infinity'
  ],
  [
    { backoff: { jitter: 1.1 } },
    'jitter of the backoff of the supervisor of ShopModule must be a number from 0 to 1, but is 1.1'
  ],
  [
    { backoff: { jitter: Number.NaN } },
    'jitter of the backoff of the supervisor of ShopModule must be a number from 0 to 1, but is NaN'
  ],
  [
    { backoff: { initial: '2s', max: '1s' } },
    'max of the backoff of the supervisor of ShopModule must be at least as long as initial, but is "1s"'
  ],
  [{ maxRestart: 3 }, "the supervisor of ShopModule has no option 'maxRestart'"],
  [{ backoff: { inital: 3 } }, "the backoff of the supervisor of ShopModule has no option 'inital'"],
  ['one-for-all', 'the supervisor of ShopModule must be an object, but is "one-for-all"'],
  [null, 'the supervisor of ShopModule must be an object, but is null'],
  [
    { strategy: ['one-for-all'] },
    'strategy of the supervisor of ShopModule must be one of the strategies, but is an array'
  ],
  [
    { strategy: Object.create(null) as object },
    'strategy of the supervisor of ShopModule must be one of the strategies, but is an object'
  ],
  [{ backoff: null }, 'the backoff of the supervisor of ShopModule must be an object, but is null']
])('%o is refused, and the option named', (options, line) => {
  expect(refused(options)).toMatchObject({ code: 'KEEL_INVALID_OPTION', line: expect.stringContaining(line) })
})

test.each([
  [{ within: 'soon' }, 'within of the supervisor of ShopModule'],
  [{ within: -1 }, 'within of the supervisor of ShopModule'],
  [{ backoff: { initial: 'x' } }, 'initial of the backoff of the supervisor of ShopModule'],
  [{ backoff: { initial: Infinity } }, 'initial of the backoff of the supervisor of ShopModule'],
  [{ backoff: { max: Number.NaN } }, 'max of the backoff of the supervisor of ShopModule'],
  [{ backoff: { resetAfter: null } }, 'resetAfter of the backoff of the supervisor of ShopModule'],
  [{ backoff: { resetAfter: '' } }, 'resetAfter of the backoff of the supervisor of ShopModule']
])('%o is refused as a duration, and the option named', (options, what) => {
  expect(refused(options)).toMatchObject({
    code: 'KEEL_INVALID_DURATION',
    line: expect.stringContaining(what)
  })
})

test('a slip of the pen is met with what was perhaps meant', () => {
  expect(refused({ strategy: 'one_for_all' })?.hint).toMatch(
    /^Did you mean 'one-for-all'\? There are one-for-one, /
  )
  expect(refused({ maxRestart: 3 })?.hint).toMatch(/^Did you mean 'maxRestarts'\?/)
  expect(refused({ strategy: 'xyz' })?.hint).toMatch(/^There are one-for-one, /)
})

test('without options the defaults hold', () => {
  const defaults = {
    strategy: 'one-for-one',
    maxRestarts: 5,
    within: 60_000,
    backoff: { initial: 1000, factor: 2, max: 30_000, jitter: 0.2, resetAfter: 60_000 },
    replacement: undefined
  }
  expect(settings({})).toEqual(defaults)
  expect(settings({ strategy: undefined, within: undefined, backoff: undefined })).toEqual(defaults)
})

test('every option is taken over, in milliseconds', () => {
  const replacement = (service: object) => service
  const options: SupervisorOptions = {
    strategy: 'dependents',
    maxRestarts: Infinity,
    within: Infinity,
    backoff: { initial: '100ms', factor: 1.5, max: '1m', jitter: 0, resetAfter: Infinity },
    replacement
  }
  expect(settings(options)).toEqual({
    strategy: 'dependents',
    maxRestarts: Infinity,
    within: Infinity,
    backoff: { initial: 100, factor: 1.5, max: 60_000, jitter: 0, resetAfter: Infinity },
    replacement
  })
})

test('backoff false means no delays', () => {
  expect(settings({ backoff: false }).backoff).toBeUndefined()
})

test('a longer initial delay raises the default cap', () => {
  expect(settings({ backoff: { initial: '2m' } }).backoff?.max).toBe(120_000)
})

test('a cap below the default initial delay lowers that', () => {
  expect(settings({ backoff: { max: '500ms' } }).backoff).toMatchObject({ initial: 500, max: 500 })
})

test('settings cannot be changed afterwards', () => {
  const made = settings({})
  expect(Object.isFrozen(made)).toBe(true)
  expect(Object.isFrozen(made.backoff)).toBe(true)
})
