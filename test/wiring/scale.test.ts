import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inject, Injectable, lazy, Module, Service } from './api.js'
import { names, needs, plan, problemsOf, wire } from './wire.js'

type Made = new (...args: never[]) => object

/** A class that keeps what it is given. */
function named(name: string): Made {
  return {
    [name]: class {
      readonly given: readonly unknown[]
      constructor(...given: readonly unknown[]) {
        this.given = given
      }
    }
  }[name] as Made
}

function service(name: string, needed: readonly Made[]): Made {
  const cls = named(name)
  Service({ inject: needed as never })(cls as never)
  return cls
}

/** Factories that each need the one before. */
function chainOf(length: number, lifetime: 'singleton' | 'transient'): object[] {
  return Array.from({ length }, (_, index) => ({
    provide: `p${index}`,
    inject: index === 0 ? [] : [`p${index - 1}`],
    useFactory: (before = -1) => before + 1,
    lifetime
  }))
}

function moduleOf(providers: readonly object[]): Made {
  class Root {}
  Module({ providers: providers as never })(Root)
  return Root
}

describe('size', () => {
  it('20,000 services of three dependencies each', async () => {
    const services: Made[] = []
    for (let index = 0; index < 20_000; index++) {
      const needed = [1, 2, 3].map((part) => services[Math.floor((index * part) / 4)])
      services.push(service(`S${index}`, [...new Set(needed.filter((each) => each !== undefined))]))
    }
    const assembly = await wire(moduleOf(services.toReversed()))
    expect(assembly.services).toHaveLength(20_000)
  }, 60_000)

  it('a chain of 20,000 services, none of them listed but the last', async () => {
    let last = service('S0', [])
    for (let index = 1; index < 20_000; index++) last = service(`S${index}`, [last])
    const assembly = await wire(moduleOf([last]))
    expect(assembly.services).toHaveLength(20_000)
    expect(assembly.services[19_999]?.dependencies).toMatchObject([
      { service: { name: 'S19998' }, kind: 'inject' }
    ])
  }, 60_000)

  it('a chain of 100,000, in either order', async () => {
    const chain = chainOf(100_000, 'singleton')
    expect((await wire(moduleOf(chain))).get('p99999')).toBe(99_999)
    expect((await wire(moduleOf(chain.slice(0, 20_000).toReversed()))).get('p19999')).toBe(19_999)
  }, 60_000)

  it('a chain of 30,000 that is made anew for each that asks', async () => {
    const assembly = await wire(moduleOf(chainOf(30_000, 'transient')))
    expect(assembly.get('p29999')).toBe(29_999)
  }, 60_000)

  it('what 4,000 services need and nobody provides is told', async () => {
    const missing = named('DatabaseConnection')
    const classes = Array.from({ length: 4000 }, (_, index) => service(`DatabaseConsumer${index}`, [missing]))
    const problems = await problemsOf(moduleOf(classes))
    expect(problems.map(({ code }) => code)).toEqual(classes.map(() => 'KEEL_MISSING_PROVIDER'))
    // what may have been meant is looked for once, which else takes a minute
  }, 30_000)

  it('a circle of 30,000 is told', async () => {
    const [, ...rest] = chainOf(30_000, 'singleton')
    const closing = { provide: 'p0', inject: ['p29999'], useFactory: () => 0 }
    const problems = await problemsOf(moduleOf([closing, ...rest]))
    expect(problems.map((problem) => problem.code)).toEqual(['KEEL_DEPENDENCY_CYCLE'])
    expect(problems[0]?.message.length).toBeLessThan(5000)
  }, 60_000)

  it('5,000 services that are found one by one, lazily', async () => {
    const classes: Made[] = []
    for (let index = 0; index < 5000; index++) {
      const cls = {
        [`L${index}`]: class {
          readonly next = index < 4999 ? inject(lazy(() => classes[index + 1]!)) : undefined
        }
      }[`L${index}`]!
      Service()(cls)
      classes.push(cls)
    }
    expect((await wire(classes[0]!)).services).toHaveLength(5000)
  }, 60_000)
})

describe('any graph without circles', () => {
  const graphs = fc.integer({ min: 1, max: 25 }).chain((size) =>
    fc.tuple(
      fc.tuple(
        ...Array.from({ length: size }, (_, index) =>
          index === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 5 })
        )
      ),
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, index) => index),
        { minLength: 1 }
      ),
      fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      fc.array(fc.boolean(), { minLength: size, maxLength: size })
    )
  )

  it('is constructed once each, what is needed first, whether it is declared or injected, service or not', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ([edges, listed, declares, isService]) => {
        const made: string[] = []
        const classes: Made[] = []
        for (const [index, needed] of edges.entries()) {
          const targets = needed.map((each) => classes[each]!)
          const name = `N${index}`
          const declared = declares[index] === true
          const cls = {
            [name]: class {
              readonly injected = declared ? [] : targets.map((each) => inject(each))
              constructor(..._given: unknown[]) {
                made.push(name)
              }
            }
          }[name] as Made
          const options = { inject: (declared ? targets : []) as never }
          if (isService[index] === true) Service(options)(cls as never)
          else Injectable(options)(cls as never)
          classes.push(cls)
        }
        const assembly = await wire(moduleOf(listed.map((index) => classes[index]!)))

        const reached = new Set<number>()
        const reach = (index: number): void => {
          if (reached.has(index)) return
          reached.add(index)
          edges[index]!.forEach(reach)
        }
        listed.forEach(reach)
        expect(made.toSorted()).toEqual([...reached].map((index) => `N${index}`).toSorted())
        for (const index of reached) {
          for (const need of edges[index]!) {
            expect(made.indexOf(`N${need}`)).toBeLessThan(made.indexOf(`N${index}`))
          }
        }

        const servicesBelow = (index: number): Set<string> => {
          const found = new Set<string>()
          for (const need of edges[index]!) {
            if (isService[need] === true) found.add(`inject N${need}`)
            else for (const each of servicesBelow(need)) found.add(each)
          }
          return found
        }
        const found = needs(assembly)
        const expected = [...reached].filter((index) => isService[index] === true)
        expect(Object.keys(found).toSorted()).toEqual(expected.map((index) => `N${index}`).toSorted())
        const order = names(assembly)
        for (const index of expected) {
          const below = servicesBelow(index)
          expect(new Set(found[`N${index}`])).toEqual(below)
          for (const each of below) {
            expect(order.indexOf(each.slice('inject '.length))).toBeLessThan(order.indexOf(`N${index}`))
          }
        }
      }),
      { numRuns: 60 }
    )
  })

  it('is linked without a constructor', async () => {
    const cls = service('Never', [])
    expect((await plan(moduleOf([cls]))).services).toHaveLength(1)
  })
})
