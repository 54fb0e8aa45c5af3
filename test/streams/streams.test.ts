import * as fc from 'fast-check'
import {
  BehaviorSubject,
  combineLatest,
  firstValueFrom,
  from,
  map,
  Observable,
  of,
  Subject,
  switchMap,
  take,
  toArray
} from 'rxjs'
import { Observable as InnerObservable } from 'rxjs/internal/Observable'
import { describe, expect, it } from 'vitest'
import { EventStream, isObservable, StateStream } from '../../src/streams/index.js'

const errors: unknown[] = []
function collect(error: unknown): void {
  errors.push(error)
}
function state<T>(initial: T): StateStream<T> {
  errors.length = 0
  return new StateStream<T>(initial, collect)
}
function events<T>(): EventStream<T> {
  errors.length = 0
  return new EventStream<T>(collect)
}
const boom = new Error('boom')
function fail(): never {
  throw boom
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the door to rxjs', () => {
  it('leads to the very class that users import', () => {
    expect(InnerObservable).toBe(Observable)
    expect(state(1).observable).toBeInstanceOf(Observable)
    expect(events().observable).toBeInstanceOf(Observable)
  })

  it('knows an Observable by what it can do, of whatever copy of rxjs', () => {
    expect(isObservable(of(1))).toBe(true)
    expect(isObservable({ subscribe() {} })).toBe(true)
    for (const other of [undefined, null, 1, 'x', () => {}, Promise.resolve(), {}, { subscribe: 1 }]) {
      expect(isObservable(other)).toBe(false)
    }
  })
})

describe('a subscriber that throws', () => {
  it('disturbs neither the one who sets nor the other subscribers', () => {
    const stream = state(0)
    const seen: number[] = []
    stream.observable.subscribe(fail)
    stream.observable.subscribe((value) => seen.push(value))
    expect(() => stream.set(1)).not.toThrow()
    expect(seen).toEqual([0, 1])
    expect(errors).toEqual([boom, boom])
  })

  it('stays subscribed', () => {
    const stream = events<number>()
    const seen: number[] = []
    stream.observable.subscribe((event) => {
      seen.push(event)
      if (event === 1) fail()
    })
    stream.publish(1)
    stream.publish(2)
    expect(seen).toEqual([1, 2])
    expect(errors).toEqual([boom])
  })

  it('is isolated behind operators too', () => {
    const stream = state(0)
    const seen: number[] = []
    stream.observable.pipe(map((value) => value * 10)).subscribe(fail)
    stream.observable
      .pipe(
        map((value) => value * 10),
        switchMap((value) => of(value))
      )
      .subscribe({ next: fail })
    stream.observable.subscribe((value) => seen.push(value))
    stream.set(1)
    expect(seen).toEqual([0, 1])
    expect(errors).toEqual([boom, boom, boom, boom])
  })

  it('may throw in its error and complete callbacks', () => {
    const stream = state(0)
    stream.observable.pipe(map(fail)).subscribe({ error: fail })
    expect(errors).toEqual([boom])
    stream.observable.subscribe({ complete: fail })
    let completed = false
    stream.observable.subscribe({ complete: () => (completed = true) })
    stream.complete()
    expect(completed).toBe(true)
    expect(errors).toEqual([boom, boom])
  })

  it('may be an async function that rejects', async () => {
    const stream = state(0)
    // oxlint-disable-next-line typescript/no-misused-promises -- what people do
    stream.observable.subscribe(async () => Promise.reject(boom))
    await turn()
    expect(errors).toEqual([boom])
  })

  it('may be a Subscriber of its own making', () => {
    const stream = events<number>()
    const seen: number[] = []
    // what operators that do not lift amount to
    new Observable<number>((subscriber) =>
      stream.observable.subscribe(
        Object.assign(Object.create(subscriber) as typeof subscriber, { next: fail })
      )
    ).subscribe()
    stream.observable.subscribe((event) => seen.push(event))
    stream.publish(1)
    expect(seen).toEqual([1])
    expect(errors).toEqual([boom])
  })

  it('is reported when an operator of its throws and nobody catches the error', () => {
    const stream = state(0)
    const seen: number[] = []
    stream.observable.pipe(map(fail)).subscribe((value) => seen.push(value))
    expect(seen).toEqual([])
    expect(errors).toEqual([boom])
  })

  it('keeps the error to itself when it catches it', () => {
    const caught: unknown[] = []
    state(0)
      .observable.pipe(map(fail))
      .subscribe({ error: (error) => caught.push(error) })
    expect(caught).toEqual([boom])
    expect(errors).toEqual([])
  })
})

describe('a state stream', () => {
  it('replays the current value to a late subscriber', () => {
    const stream = state('a')
    stream.set('b')
    const seen: string[] = []
    stream.observable.subscribe((value) => seen.push(value))
    expect(seen).toEqual(['b'])
  })

  it('has the new value before it tells of it', () => {
    const stream = state(0)
    stream.observable.subscribe((value) => expect(stream.value).toBe(value))
    stream.set(1)
    expect(errors).toEqual([])
  })

  it('does not tell of a value that is the same', () => {
    const stream = state(Number.NaN)
    const seen: number[] = []
    stream.observable.subscribe((value) => seen.push(value))
    stream.set(Number.NaN)
    stream.set(1)
    stream.set(1)
    expect(seen).toEqual([Number.NaN, 1])
  })

  it('is one Observable, made when first asked for', () => {
    const stream = state(0)
    expect(stream.observable).toBe(stream.observable)
  })

  it('shows each change to everybody in order when a subscriber causes a further one', () => {
    const stream = state(0)
    const first: number[] = []
    const second: number[] = []
    stream.observable.subscribe((value) => {
      if (value > 0 && value < 3) stream.set(value + 1)
      first.push(value)
    })
    stream.observable.subscribe((value) => second.push(value))
    stream.set(1)
    expect(stream.value).toBe(3)
    expect(first).toEqual([0, 1, 2, 3])
    expect(second).toEqual([0, 1, 2, 3])
  })

  it('shows the replayed value before a change that it causes', () => {
    const stream = state(0)
    const seen: number[] = []
    stream.observable.subscribe((value) => {
      if (value === 0) stream.set(1)
      seen.push(value)
    })
    expect(seen).toEqual([0, 1])
  })

  it('shows one who joins during an emission the value that is current then, and each later one once', () => {
    const stream = state(0)
    const late: number[] = []
    const subscriptions: unknown[] = []
    stream.observable.subscribe((value) => {
      if (value === 1) stream.set(2)
    })
    stream.observable.subscribe((value) => {
      if (value === 1) subscriptions.push(stream.observable.subscribe((later) => late.push(later)))
    })
    stream.set(1)
    stream.set(3)
    expect(subscriptions).toHaveLength(1)
    expect(late).toEqual([2, 3])
  })

  it('tells one who leaves during an emission nothing more', () => {
    const stream = state(0)
    const seen: number[] = []
    stream.observable.subscribe((value) => {
      if (value === 1) leaving.unsubscribe()
    })
    const leaving = stream.observable.subscribe((value) => seen.push(value))
    stream.set(1)
    expect(seen).toEqual([0])
  })

  it('lets a subscriber leave and join again in its own callback, without end', () => {
    const stream = state(0)
    const seen: number[] = []
    const join = (): void => {
      const subscription = stream.observable.subscribe((value) => {
        if (seen.at(-1) === value) return
        seen.push(value)
        if (value === 0) return
        subscription.unsubscribe()
        join()
      })
    }
    join()
    stream.set(1)
    stream.set(2)
    expect(seen).toEqual([0, 1, 2])
  })

  it('completes early and late subscribers, and still has its value', () => {
    const stream = state(0)
    const seen: unknown[] = []
    const observer = { next: (value: number) => seen.push(value), complete: () => seen.push('end') }
    stream.observable.subscribe(observer)
    stream.complete()
    stream.complete()
    stream.set(1)
    stream.observable.subscribe(observer)
    expect(stream.value).toBe(1)
    expect(seen).toEqual([0, 'end', 1, 'end'])
  })

  it('completes those who subscribe for the first time after completion', () => {
    const stream = state(7)
    stream.complete()
    const seen: unknown[] = []
    stream.observable.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('end') })
    expect(seen).toEqual([7, 'end'])
  })

  it('completed during an emission, shows what was set before, then ends', () => {
    const stream = state(0)
    const seen: unknown[] = []
    stream.observable.subscribe((value) => {
      if (value !== 1) return
      stream.set(2)
      stream.complete()
      stream.set(3)
    })
    stream.observable.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('end') })
    stream.set(1)
    expect(seen).toEqual([0, 1, 2, 'end'])
  })

  it('works with the tools of rxjs', async () => {
    const stream = state(1)
    expect(await firstValueFrom(stream.observable)).toBe(1)
    const pair = firstValueFrom(combineLatest([stream.observable, from([5])]))
    expect(await pair).toEqual([1, 5])
    const three = firstValueFrom(stream.observable.pipe(take(3), toArray()))
    stream.set(2)
    stream.set(3)
    expect(await three).toEqual([1, 2, 3])
    const subject = new BehaviorSubject(0)
    stream.observable.subscribe(subject)
    expect(subject.value).toBe(3)
    const each: number[] = []
    const done = stream.observable.forEach((value) => each.push(value))
    stream.complete()
    await done
    expect(each).toEqual([3])
    expect(subject.isStopped).toBe(true)
  })

  it('shows every subscriber, whenever it joins, an unbroken tail of the changes', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), more: fc.nat(3) }),
      fc.record({ kind: fc.constant('join' as const) }),
      fc.record({ kind: fc.constant('leave' as const), which: fc.nat(5) })
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const stream = state(0)
        const open: { seen: number[]; leave: () => void; left: number | undefined }[] = []
        const join = (): void => {
          const subscriber = { seen: [] as number[], leave: () => {}, left: undefined as number | undefined }
          open.push(subscriber)
          const subscription = stream.observable.subscribe((value) => {
            subscriber.seen.push(value)
            // every seventh value causes another, every eleventh a further subscriber
            if (value % 7 === 3 && stream.value === value) stream.set(stream.value + 1)
            if (value % 11 === 5 && open.length < 20) join()
          })
          subscriber.leave = () => subscription.unsubscribe()
        }
        for (const one of acts) {
          if (one.kind === 'set') for (let n = 0; n <= one.more; n++) stream.set(stream.value + 1)
          else if (one.kind === 'join') join()
          else {
            const leaver = open[one.which]
            if (leaver === undefined || leaver.left !== undefined) continue
            leaver.left = stream.value
            leaver.leave()
          }
        }
        for (const { seen, left } of open) {
          for (let index = 1; index < seen.length; index++) expect(seen[index]).toBe(seen[index - 1]! + 1)
          expect(seen.at(-1)).toBe(left ?? stream.value)
        }
        expect(errors.map(String)).toEqual([])
      }),
      { numRuns: 500 }
    )
  })
})

describe('an event stream', () => {
  it('is active while somebody is subscribed', () => {
    const stream = events<number>()
    expect(stream.active).toBe(false)
    const observable = stream.observable
    expect(stream.active).toBe(false)
    const subscription = observable.subscribe()
    expect(stream.active).toBe(true)
    subscription.unsubscribe()
    expect(stream.active).toBe(false)
  })

  it('replays nothing', () => {
    const stream = events<number>()
    stream.publish(1)
    const seen: number[] = []
    stream.observable.subscribe((event) => seen.push(event))
    stream.publish(2)
    expect(seen).toEqual([2])
  })

  it('delivers each event to everybody before the next one', () => {
    const stream = events<string>()
    const seen: string[] = []
    stream.observable.subscribe((event) => {
      seen.push(`1 ${event}`)
      if (event === 'a') stream.publish('b')
    })
    stream.observable.subscribe((event) => seen.push(`2 ${event}`))
    stream.publish('a')
    expect(seen).toEqual(['1 a', '2 a', '1 b', '2 b'])
  })

  it('gives one who joins during an emission only what is published from then on', () => {
    const stream = events<number>()
    const late: number[] = []
    stream.observable.subscribe((event) => {
      if (event === 1) {
        stream.publish(2)
        stream.observable.subscribe((later) => late.push(later))
        stream.publish(3)
      }
    })
    stream.publish(1)
    expect(late).toEqual([3])
  })

  it('completes, and is silent afterwards', () => {
    const stream = events<number>()
    const seen: unknown[] = []
    const observer = { next: (event: number) => seen.push(event), complete: () => seen.push('end') }
    stream.observable.subscribe(observer)
    stream.complete()
    stream.publish(1)
    expect(stream.active).toBe(false)
    stream.observable.subscribe(observer)
    expect(seen).toEqual(['end', 'end'])
  })

  it('feeds a Subject', () => {
    const stream = events<number>()
    const subject = new Subject<number>()
    const seen: number[] = []
    subject.subscribe((event) => seen.push(event))
    stream.observable.subscribe(subject)
    stream.publish(1)
    expect(seen).toEqual([1])
  })
})
