import { getEventListeners } from 'node:events'
import { EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs'
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { ConfigurationError, isKeelsonError } from '../../src/errors/index.js'
import { abortError, isAbortError, wait, waitAll, waitFirst, type WaitResult } from '../../src/waits/index.js'
import { ManualClock } from './manual-clock.js'

const boom = new Error('boom')
let clock = new ManualClock()
let controller = new AbortController()

const unhandled = vi.fn<() => void>()
beforeAll(() => void process.on('unhandledRejection', unhandled))
afterAll(() => void process.off('unhandledRejection', unhandled))

// oxlint-disable vitest/no-standalone-expect -- what holds after each of the tests
afterEach(async () => {
  await turn()
  expect(unhandled).not.toHaveBeenCalled()
  expect(clock.pending).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  clock = new ManualClock()
  controller = new AbortController()
})
// oxlint-enable vitest/no-standalone-expect

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A promise with its levers. */
function deferred<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Work that remembers its signal and ends when it aborts, with the reason, as fetch does. */
function abortable(): { work: (signal: AbortSignal) => Promise<never>; signal: () => AbortSignal } {
  let seen: AbortSignal | undefined
  return {
    work: (signal) => {
      seen = signal
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      )
    },
    signal: () => seen!
  }
}

const stop = (): void => controller.abort(abortError({ kind: 'stop' }))

describe('what cannot be waited for', () => {
  const { signal } = new AbortController()
  const clock = new ManualClock()
  const soon = Promise.resolve()

  it.each([
    ['a mistyped option', { timout: 5 }, "a wait has no option 'timout'. Did you mean 'timeout'?"],
    ['a number in the place of the options', 5, 'the options of a wait are 5'],
    ['null in their place', null, 'the options of a wait are null']
  ])('is refused: %s', async (_what, options, message) => {
    const error: unknown = await wait(clock, signal, soon, options as never).catch(
      (thrown: unknown) => thrown
    )
    expect(error).toMatchObject({ code: 'KEEL_INVALID_OPTION' })
    expect(`${String(error)} ${(error as ConfigurationError).hint}`).toContain(message.split('. ')[0])
  })

  it.each([5, null, {}, soon])('is refused where a list is waited for: %s', async (work) => {
    const refused = { code: 'KEEL_INVALID_OPTION' }
    await expect(waitFirst(clock, signal, work as never)).rejects.toMatchObject(refused)
    await expect(waitAll(clock, signal, work as never)).rejects.toMatchObject(refused)
  })
})

describe('a wait', () => {
  it('passes on what the work rejects with', async () => {
    await expect(wait(clock, controller.signal, Promise.reject(boom))).rejects.toBe(boom)
    await expect(wait(clock, controller.signal, () => Promise.reject(boom), { timeout: 5 })).rejects.toBe(
      boom
    )
  })

  it('passes on what a function throws before it gives a promise', async () => {
    const work = (): Promise<never> => {
      throw boom
    }
    await expect(wait(clock, controller.signal, work)).rejects.toBe(boom)
  })

  it('passes on an AbortError while nothing is to stop', async () => {
    const error = abortError('of its own')
    await expect(wait(clock, controller.signal, Promise.reject(error))).rejects.toBe(error)
  })

  it('refuses a time-out that is none', async () => {
    await expect(
      wait(clock, controller.signal, Promise.resolve(), { timeout: Number.NaN })
    ).rejects.toBeInstanceOf(ConfigurationError)
    await expect(wait(clock, controller.signal, Promise.resolve(), { timeout: '5' })).rejects.toMatchObject({
      code: 'KEEL_INVALID_DURATION'
    })
  })

  it('begins nothing when it is to stop already', async () => {
    stop()
    const work = vi.fn<() => never>()
    const subscribe = vi.fn<() => never>()
    const { signal } = controller
    expect(await wait(clock, signal, work, { timeout: 5 })).toEqual({ status: 'stopped' })
    expect(await wait(clock, signal, new Observable(subscribe))).toEqual({ status: 'stopped' })
    expect(await wait(clock, signal, Promise.resolve(1))).toEqual({ status: 'stopped' })
    expect(await wait(clock, signal, Promise.reject(boom))).toEqual({ status: 'stopped' })
    expect(await waitFirst(clock, signal, [Promise.reject(boom), work])).toEqual({ status: 'stopped' })
    expect(await waitAll(clock, signal, [])).toEqual({ status: 'stopped' })
    expect(work).not.toHaveBeenCalled()
    expect(subscribe).not.toHaveBeenCalled()
  })

  it('tells stopped, timeout and done apart', async () => {
    const { promise, resolve } = deferred<string>()
    const outcomes = [
      wait(clock, controller.signal, promise),
      wait(clock, controller.signal, promise, { timeout: '1s' })
    ]
    clock.advance(1000)
    resolve('x')
    expect(await Promise.all(outcomes)).toEqual([{ status: 'done', value: 'x' }, { status: 'timeout' }])
    const stopped = wait(clock, controller.signal, new Promise(() => {}), { timeout: Infinity })
    stop()
    expect(await stopped).toEqual({ status: 'stopped' })
  })

  it('lets the stop win when both come in one turn', async () => {
    const { promise, resolve } = deferred<string>()
    const waiting = wait(clock, controller.signal, promise)
    resolve('x')
    stop()
    expect(await waiting).toEqual({ status: 'stopped' })
  })

  it('lets settled work win against a time-out of 0', async () => {
    const waiting = wait(clock, controller.signal, Promise.resolve('x'), { timeout: 0 })
    await turn()
    clock.advance(0)
    expect(await waiting).toEqual({ status: 'done', value: 'x' })
  })

  it('tells work that lost, by signal, why', async () => {
    const slow = abortable()
    const waiting = wait(clock, controller.signal, slow.work, { timeout: '5s' })
    clock.advance(5000)
    expect(await waiting).toEqual({ status: 'timeout' })
    const { reason } = slow.signal() as { reason: Error }
    expect(isAbortError(reason)).toBe(true)
    expect(isKeelsonError(reason.cause, 'KEEL_WAIT_TIMEOUT')).toBe(true)
    expect((reason.cause as Error).message).toContain('5s')
    const stopped = [abortable(), abortable()]
    const waits = [
      wait(clock, controller.signal, stopped[0]!.work),
      wait(clock, controller.signal, stopped[1]!.work, { timeout: 1 })
    ]
    stop()
    expect(await Promise.all(waits)).toEqual([{ status: 'stopped' }, { status: 'stopped' }])
    for (const { signal } of stopped) expect(signal().reason).toBe(controller.signal.reason)
  })

  it('leaves the signal of work that is done alone', async () => {
    let seen: AbortSignal | undefined
    const work = async (signal: AbortSignal): Promise<number> => {
      seen = signal
      return 1
    }
    await wait(clock, controller.signal, work, { timeout: 5 })
    await waitFirst(clock, controller.signal, [work])
    await waitAll(clock, controller.signal, [work], { timeout: 5 })
    expect(seen!.aborted).toBe(false)
  })

  it('ends when the work itself brings the stop about', async () => {
    const slow = abortable()
    const result = await wait(
      clock,
      controller.signal,
      (signal) => {
        stop()
        return slow.work(signal)
      },
      { timeout: 5 }
    )
    expect(result).toEqual({ status: 'stopped' })
    expect(slow.signal().aborted).toBe(true)
  })

  it('hears nothing of what loses late', async () => {
    const late = deferred<never>()
    const waiting = wait(clock, controller.signal, late.promise, { timeout: 1 })
    clock.advance(1)
    expect(await waiting).toEqual({ status: 'timeout' })
    late.reject(boom)
    await turn()
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('tells whoever wants to know what work that lost fails with later, but for an AbortError', async () => {
    const late = { failedLate: vi.fn() }
    const failures: ((error: unknown) => void)[] = []
    const work = (): Promise<never> => new Promise((_, reject) => failures.push(reject))
    const shared = work()
    const pending = [
      wait(clock, controller.signal, shared, { timeout: 10 }, late),
      wait(clock, controller.signal, work, { timeout: 10 }, late),
      waitFirst(clock, controller.signal, [work(), Promise.resolve(1)], {}, late),
      waitAll(clock, controller.signal, [work()], undefined, late),
      wait(clock, controller.signal, work, { timeout: 10 }, late)
    ]
    clock.advance(10)
    await pending[0]
    const heard = wait(clock, new AbortController().signal, shared).catch((error: unknown) => error)
    controller.abort()
    await Promise.all(pending)
    await wait(clock, controller.signal, work(), undefined, late)
    for (const [index, fail] of failures.entries()) fail(index === 4 ? abortError('over') : index)
    expect(await heard).toBe(0)
    await turn()
    expect(late.failedLate.mock.calls.flat()).toEqual([1, 2, 3, 5])
  })

  it('takes a thenable of any make', async () => {
    const throwing: PromiseLike<number> = {
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      then() {
        throw boom
      }
    }
    await expect(wait(clock, controller.signal, throwing)).rejects.toBe(boom)
    const twice = {
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      then(resolve: (value: number) => void) {
        resolve(1)
        resolve(2)
      }
    } as PromiseLike<number>
    expect(await wait(clock, controller.signal, twice)).toEqual({ status: 'done', value: 1 })
    expect(await wait(clock, controller.signal, (() => 3) as never)).toEqual({ status: 'done', value: 3 })
  })

  it('may be one of many for the same promise', async () => {
    const shared = deferred<number>()
    const begin = (timeout: number): Promise<WaitResult<number>> =>
      wait(clock, controller.signal, shared.promise, { timeout })
    const first = [begin(1), begin(1), begin(9)]
    clock.advance(1)
    await turn()
    const second = [begin(1), begin(9), begin(9)]
    clock.advance(1)
    shared.resolve(7)
    const done = { status: 'done', value: 7 }
    const timeout = { status: 'timeout' }
    expect(await Promise.all(first)).toEqual([timeout, timeout, done])
    expect(await Promise.all(second)).toEqual([timeout, done, done])
    expect(await begin(1)).toEqual(done)
  })

  it('has the type of its work', () => {
    const { signal } = controller
    expectTypeOf(wait<number>).returns.toEqualTypeOf<Promise<WaitResult<number>>>()
    const check = (): unknown => {
      expectTypeOf(wait(clock, signal, of('x'))).toEqualTypeOf<Promise<WaitResult<string>>>()
      expectTypeOf(wait(clock, signal, async () => 1)).toEqualTypeOf<Promise<WaitResult<number>>>()
      expectTypeOf(wait(clock, signal, Promise.resolve(true))).toEqualTypeOf<Promise<WaitResult<boolean>>>()
      expectTypeOf(
        waitFirst(clock, signal, [Promise.resolve(1), of('x'), async (_signal) => true])
      ).toEqualTypeOf<Promise<WaitResult<{ index: number; value: number | string | boolean }>>>()
      expectTypeOf(waitAll(clock, signal, [Promise.resolve(1), of('x')])).toEqualTypeOf<
        Promise<WaitResult<PromiseSettledResult<number | string>[]>>
      >()
      return undefined
    }
    expect(check).toBeTypeOf('function')
  })
})

describe('a wait for an Observable', () => {
  it('rejects with its error', async () => {
    await expect(
      wait(
        clock,
        controller.signal,
        throwError(() => boom)
      )
    ).rejects.toBe(boom)
    const broken = {
      subscribe() {
        throw boom
      }
    } as unknown as Observable<number>
    await expect(wait(clock, controller.signal, broken)).rejects.toBe(boom)
  })

  it('is done with its first value, and unsubscribes', async () => {
    const subject = new Subject<number>()
    const waiting = wait(clock, controller.signal, subject)
    subject.next(1)
    expect(subject.observed).toBe(false)
    expect(await waiting).toEqual({ status: 'done', value: 1 })
    const teardown = vi.fn<() => void>()
    const sync = new Observable<number>((subscriber) => {
      subscriber.next(2)
      subscriber.next(3)
      return teardown
    })
    expect(await wait(clock, controller.signal, sync)).toEqual({ status: 'done', value: 2 })
    expect(teardown).toHaveBeenCalledTimes(1)
  })

  it('is done with undefined when it completes without a value', async () => {
    expect(await wait(clock, controller.signal, EMPTY)).toEqual({ status: 'done', value: undefined })
  })

  it('unsubscribes at a stop and at a time-out', async () => {
    const subject = new Subject<number>()
    const timeout = wait(clock, controller.signal, subject, { timeout: 1 })
    clock.advance(1)
    expect(subject.observed).toBe(false)
    expect(await timeout).toEqual({ status: 'timeout' })
    const stopped = wait(clock, controller.signal, subject)
    stop()
    expect(subject.observed).toBe(false)
    expect(await stopped).toEqual({ status: 'stopped' })
  })
})

describe('waiting for the first of several', () => {
  it('rejects when the first to settle does, and ends the others', async () => {
    const slow = abortable()
    await expect(waitFirst(clock, controller.signal, [slow.work, Promise.reject(boom)])).rejects.toBe(boom)
    expect(slow.signal().aborted).toBe(true)
  })

  it('says which was first, and ends the others only', async () => {
    const slow = abortable()
    const subject = new Subject<string>()
    let winner: AbortSignal | undefined
    const result = await waitFirst(clock, controller.signal, [
      slow.work,
      async (signal) => {
        winner = signal
        return 'b'
      },
      subject,
      NEVER
    ])
    expect(result).toEqual({ status: 'done', value: { index: 1, value: 'b' } })
    expect(isAbortError(slow.signal().reason)).toBe(true)
    expect(subject.observed).toBe(false)
    expect(winner!.aborted).toBe(false)
  })

  it('begins no more once one has answered at once', async () => {
    const work = vi.fn<() => never>()
    const result = await waitFirst(clock, controller.signal, [of('a'), work, Promise.reject(boom)])
    expect(result).toEqual({ status: 'done', value: { index: 0, value: 'a' } })
    expect(work).not.toHaveBeenCalled()
  })

  it('ends them all at a stop and at a time-out', async () => {
    for (const status of ['timeout', 'stopped'] as const) {
      const works = [abortable(), abortable()]
      const waiting = waitFirst(
        clock,
        controller.signal,
        works.map(({ work }) => work),
        { timeout: 10 }
      )
      if (status === 'timeout') clock.advance(10)
      else stop()
      expect(await waiting).toEqual({ status })
      for (const { signal } of works) expect(signal().aborted).toBe(true)
    }
  })

  it('waits for the stop or the time-out when there is nothing', async () => {
    const waiting = waitFirst(clock, controller.signal, [], { timeout: 10 })
    clock.advance(10)
    expect(await waiting).toEqual({ status: 'timeout' })
  })
})

describe('waiting for all', () => {
  it('counts a rejection as a result, in the order given', async () => {
    const slow = deferred<string>()
    const waiting = waitAll(clock, controller.signal, [slow.promise, Promise.reject(boom), of('c'), EMPTY])
    await turn()
    slow.resolve('a')
    expect(await waiting).toEqual({
      status: 'done',
      value: [
        { status: 'fulfilled', value: 'a' },
        { status: 'rejected', reason: boom },
        { status: 'fulfilled', value: 'c' },
        { status: 'fulfilled', value: undefined }
      ]
    })
  })

  it('is done at once when there is nothing', async () => {
    expect(await waitAll(clock, controller.signal, [])).toEqual({ status: 'done', value: [] })
  })

  it('ends those that are open at a stop and at a time-out', async () => {
    for (const status of ['timeout', 'stopped'] as const) {
      const open = abortable()
      let done: AbortSignal | undefined
      const works = [
        open.work,
        async (signal: AbortSignal) => {
          done = signal
        }
      ]
      const waiting = waitAll<unknown>(clock, controller.signal, works, { timeout: 10 })
      await turn()
      if (status === 'timeout') clock.advance(10)
      else stop()
      expect(await waiting).toEqual({ status })
      expect(open.signal().aborted).toBe(true)
      expect(done!.aborted).toBe(false)
    }
  })
})

describe('the error of an abort', () => {
  it('is shaped as that of Node and keeps the reason', () => {
    const reason = { kind: 'signal', detail: 'SIGTERM' }
    const error = abortError(reason)
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason })
    expect(error.message).toBe('the work is to end: signal')
    expect(abortError('enough').message).toBe('the work is to end: enough')
    for (const other of [undefined, null, 1, {}, { kind: 1 }])
      expect(abortError(other).message).toBe('the work is to end')
  })

  it('has no stack, and leaves those of others alone', () => {
    const before = Error.stackTraceLimit
    expect(abortError('enough').stack).toBe('AbortError: the work is to end: enough')
    expect(Error.stackTraceLimit).toBe(before)
    expect(new Error('other').stack).toContain('wait.test.ts')
  })

  it('is told from other errors, whoever made it', async () => {
    expect(isAbortError(new DOMException('x', 'AbortError'))).toBe(true)
    expect(isAbortError(AbortSignal.abort().reason)).toBe(true)
    expect(isAbortError(Object.assign(new Error('x'), { code: 'ABORT_ERR' }))).toBe(true)
    const { setTimeout: delay } = await import('node:timers/promises')
    const error: unknown = await delay(1, undefined, { signal: AbortSignal.abort() }).catch(
      (thrown: unknown) => thrown
    )
    expect(isAbortError(error)).toBe(true)
    for (const other of [undefined, null, 'AbortError', boom, new DOMException('x', 'TimeoutError')])
      expect(isAbortError(other)).toBe(false)
  })
})
