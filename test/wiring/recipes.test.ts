import { describe, expect, it } from 'vitest'
import { inject, Injectable, lazy, Module } from '../../src/index.js'
import { wire } from './wire.js'

const transient = 'transient'
const scoped = 'scoped'

@Injectable()
class Shared {}

@Injectable({ lifetime: scoped, inject: [Shared] })
class Session {
  constructor(readonly shared: Shared) {}
}

@Injectable({ lifetime: transient, inject: [Session, Shared] })
class Step {
  readonly asked = inject(Session)
  constructor(
    readonly session: Session,
    readonly shared: Shared
  ) {}
}

@Injectable({ lifetime: transient, inject: [Step, Step, Session, Shared] })
class Request {
  readonly later = inject(lazy(() => Session))
  constructor(
    readonly first: Step,
    readonly second: Step,
    readonly session: Session,
    readonly shared: Shared
  ) {}
}

@Module({ providers: [Shared, Session, Step, Request] })
class Root {}

describe('what is made anew once everything else is made', () => {
  it('is new where it is transient, and the same within its scope, however it is asked for', async () => {
    const assembly = await wire(Root)
    const shared = assembly.get(Shared)
    const scopes = [assembly.createScope(), assembly.createScope()]
    const requests = scopes.flatMap((scope) => [scope.get(Request), scope.get(Request)])
    for (const [index, request] of requests.entries()) {
      const session = scopes[index >> 1]!.get(Session)
      const all = [request, request.first, request.second]
      expect(all.every((one) => one.session === session && one.shared === shared)).toBe(true)
      expect([request.first.asked, request.second.asked, request.later.get()]).toEqual([
        session,
        session,
        session
      ])
    }
    expect(new Set(requests.flatMap(({ first, second }) => [first, second])).size).toBe(8)
    expect(new Set(requests.map(({ session }) => session)).size).toBe(2)
  })

  it('cannot need what is scoped where there is no scope, nor once that has ended', async () => {
    const assembly = await wire(Root)
    const scope = assembly.createScope()
    scope.get(Request)
    await scope[Symbol.asyncDispose]()
    expect(() => assembly.get(Request)).toThrow('KEEL_CAPTIVE_DEPENDENCY')
    expect(() => scope.get(Request)).toThrow('KEEL_DISPOSED')
  })

  it('fails with what a constructor throws, as thrown, and leaves inject() to those who construct', async () => {
    const boom = new Error('boom')
    let fails = true
    @Injectable({ lifetime: transient, inject: [] })
    class Fragile {
      constructor() {
        if (fails) throw boom
      }
    }
    @Injectable({ lifetime: transient, inject: [Fragile] })
    class Holder {
      readonly shared = inject(Shared)
      constructor(readonly fragile: Fragile) {}
    }
    @Module({ providers: [Shared, Holder, Fragile] })
    class Fails {}
    const assembly = await wire(Fails)
    expect(() => assembly.get(Holder)).toThrow(boom)
    expect(() => inject(Shared)).toThrow('KEEL_INJECT_OUTSIDE_CONSTRUCTION')
    fails = false
    expect(assembly.get(Holder).shared).toBe(assembly.get(Shared))
  })

  it('may ask for a further one of its own kind in its constructor', async () => {
    let depth = 0
    @Injectable({ lifetime: transient, inject: [Shared] })
    class Nested {
      readonly inner: Nested | undefined
      readonly asked: Shared
      constructor(readonly shared: Shared) {
        this.inner = depth++ < 1 ? assembly.create(Nested) : undefined
        this.asked = inject(Shared)
      }
    }
    @Module({ providers: [Shared, Nested] })
    class Nests {}
    const assembly = await wire(Nests)
    const outer = assembly.get(Nested)
    expect([outer.asked, outer.inner?.asked, outer.inner?.inner]).toEqual([
      outer.shared,
      outer.shared,
      undefined
    ])
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('is given what it needs in order, %i of them', async (count) => {
    const needs = Array.from({ length: count }, () => {
      @Injectable({ lifetime: transient })
      class Need {}
      return Need
    })
    class Needy {
      readonly given: readonly unknown[]
      constructor(...given: unknown[]) {
        this.given = given
      }
    }
    Injectable({ lifetime: transient, inject: needs })(Needy as new () => object)
    @Module({ providers: [...needs, Needy] })
    class Needs {}
    const assembly = await wire(Needs)
    const [first, again] = [assembly.get(Needy), assembly.get(Needy)]
    expect(first.given.map((one) => needs.findIndex((need) => one instanceof need))).toEqual([
      ...needs.keys()
    ])
    expect(new Set([...first.given, ...again.given]).size).toBe(2 * count)
  })

  it('is made once in its scope, however many ways lead to it', async () => {
    let made = 0
    const classes: (new () => object)[] = []
    // two of each level need both of the one below: sixteen million ways lead down, which to go takes a minute
    for (let level = 0; level < 24; level++) {
      const below = classes.slice(-2)
      for (const _ of [0, 1]) {
        class Part {
          readonly given: readonly unknown[]
          constructor(...given: unknown[]) {
            made++
            this.given = given
          }
        }
        Injectable({ lifetime: scoped, inject: below })(Part as new () => object)
        classes.push(Part)
      }
    }
    @Module({ providers: classes })
    class Parts {}
    const assembly = await wire(Parts)
    for (const scope of [assembly.createScope(), assembly.createScope()]) {
      const top = scope.get(classes.at(-1)!) as { given: readonly unknown[] }
      const below = [scope.get(classes.at(-4)!), scope.get(classes.at(-3)!)]
      expect(top.given.map((one, index) => one === below[index])).toEqual([true, true])
    }
    expect(made).toBe(2 * (classes.length - 1))
  })

  it('is a dependency of whoever asks get() for it in a constructor, and gone after disposal', async () => {
    @Injectable({ lifetime: transient })
    class Asked {}
    @Injectable({ lifetime: transient })
    class Asking {
      readonly asked = assembly.get(Asked)
      readonly shared = inject(Shared)
    }
    @Module({ providers: [Shared, Asked, Asking] })
    class Asks {}
    const assembly = await wire(Asks)
    // the second time both are known
    for (let time = 0; time < 2; time++) {
      assembly.get(Asked)
      const { asked, shared } = assembly.get(Asking)
      expect([asked instanceof Asked, shared]).toEqual([true, assembly.get(Shared)])
    }
    await assembly.dispose()
    expect(() => assembly.get(Asked)).toThrow('KEEL_DISPOSED')
  })
})
