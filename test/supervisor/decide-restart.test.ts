import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Candidate,
  decideRestart,
  findDecider,
  type RestartPlan,
  type RestartQuestion,
  type RestartStrategy
} from '../../src/supervisor/index.js'
import { decisionTable } from './decision-table.js'
import { play } from './play-decision.js'

test.each(decisionTable)('$title', (decision) => {
  const { stops = [], restarts = [], keeps = [], charged, alsoCrash = [] } = decision
  expect(play(decision)).toEqual({ stops, restarts, keeps, charged, alsoCrash })
})

test('the table tells each strategy at least twice', () => {
  const told = decisionTable.flatMap(({ parts }) => Object.values(parts).map(({ strategy }) => strategy))
  for (const strategy of strategies) expect(told.filter((one) => one === strategy).length).toBeGreaterThan(1)
})

const strategies: RestartStrategy[] = [
  'one-for-one',
  'one-for-all',
  'rest-for-one',
  'dependents',
  'forfeit-one-for-one',
  'forfeit-one-for-all',
  'crash'
]

const abc = (changes: Partial<Record<'A' | 'B' | 'C', Partial<Candidate>>> = {}): Candidate[] =>
  (['A', 'B', 'C'] as const).map((name) => ({ name, restart: 'transient', alive: true, ...changes[name] }))

describe('decideRestart', () => {
  test('a name that is not among the candidates is refused', () => {
    expect(() =>
      decideRestart({ strategy: 'one-for-all', candidates: abc(), ended: 'D', how: 'crash' })
    ).toThrow(new RangeError("'D' is not among the services to decide about"))
  })

  test('what is given up is named: a temporary service, its like in a group, all that a strategy forfeits', () => {
    const given = (strategy: RestartStrategy, candidates: Candidate[]) =>
      decideRestart({ strategy, candidates, ended: 'A', how: 'crash' }).forfeit
    expect(given('one-for-one', abc({ A: { restart: 'temporary' } }))).toEqual(['A'])
    expect(given('one-for-all', abc({ B: { restart: 'temporary' } }))).toEqual(['B'])
    expect(given('forfeit-one-for-one', abc())).toEqual(['A'])
    expect(given('forfeit-one-for-all', abc({ B: { alive: false } }))).toEqual(['A', 'C'])
    expect(given('one-for-all', abc())).toEqual([])
  })

  describe('when a restart fails to start', () => {
    test('one-for-all stops those that had started again, and tries all once more', () => {
      // A is up again, B failed to start, C is still owed its start
      const plan = decideRestart({ strategy: 'one-for-all', candidates: abc(), ended: 'B', how: 'crash' })
      expect(plan).toMatchObject({ stop: ['C', 'A'], start: ['A', 'B', 'C'], budgetUnits: 1 })
    })

    test('rest-for-one keeps those before it', () => {
      const plan = decideRestart({ strategy: 'rest-for-one', candidates: abc(), ended: 'B', how: 'crash' })
      expect(plan).toMatchObject({ stop: ['C'], start: ['B', 'C'], budgetUnits: 1 })
    })
  })

  describe('for any services', () => {
    const candidates = fc
      .array(
        fc.record({
          restart: fc.constantFrom('permanent' as const, 'transient' as const, 'temporary' as const),
          alive: fc.boolean(),
          foreign: fc.boolean(),
          dependent: fc.boolean(),
          stoppedAlong: fc.boolean(),
          mayFail: fc.boolean()
        }),
        { minLength: 1, maxLength: 8 }
      )
      .map((list): Candidate[] => list.map((candidate, i) => ({ name: `S${i}`, ...candidate })))
    const question: fc.Arbitrary<RestartQuestion> = candidates.chain((list) =>
      fc.record({
        strategy: fc.constantFrom(...strategies),
        candidates: fc.constant(list),
        ended: fc.constantFrom(...list.map(({ name }) => name)),
        how: fc.constantFrom('crash' as const, 'own-stop' as const, 'stop' as const)
      })
    )
    const place = (names: readonly string[]) => names.map((name) => Number(name.slice(1)))
    const ascends = (numbers: readonly number[]) => numbers.every((n, i) => i === 0 || numbers[i - 1]! < n)
    const named = ({ candidates: list }: RestartQuestion, name: string) =>
      list.find((one) => one.name === name)!
    const isEmpty = ({ stop, start, forfeit }: RestartPlan) =>
      stop.length + start.length + forfeit.length === 0

    const laws: Record<string, (asked: RestartQuestion, plan: RestartPlan) => boolean> = {
      'a plan starts and gives up in start order, and stops in reverse': (_, { stop, start, forfeit }) =>
        ascends(place(start)) && ascends(place(forfeit)) && ascends(place(stop).toReversed()),

      'only what lives is stopped, and it is started or given up, never both': (
        asked,
        { stop, start, forfeit }
      ) => {
        const settled = new Set([...start, ...forfeit])
        const each = stop.every((name) => named(asked, name).alive && settled.has(name))
        return each && settled.size === start.length + forfeit.length && !stop.includes(asked.ended)
      },

      'nothing starts but the one that ended, what stopped along with it and what the plan stopped': (
        asked,
        { stop, start }
      ) =>
        start.every((name) => name === asked.ended || stop.includes(name) || named(asked, name).stoppedAlong),

      'nothing temporary ever starts': (asked, { start }) =>
        start.every((name) => named(asked, name).restart !== 'temporary'),

      'where anything starts, the one that ended does, and it costs one unit': (
        { ended },
        { start, budgetUnits }
      ) => (start.length > 0 ? start.includes(ended) && budgetUnits === 1 : budgetUnits === 0),

      'only a crash under the strategy "crash" climbs, and then all the rest is for the one above': (
        asked,
        plan
      ) => !plan.climb || (asked.strategy === 'crash' && asked.how === 'crash' && isEmpty(plan)),

      "what is not the supervisor's own is stopped for dependents only": (asked, { stop }) =>
        stop.every((name) =>
          asked.strategy === 'dependents' ? named(asked, name).dependent : !named(asked, name).foreign
        ),

      'a stop from outside changes nothing': ({ how }, plan) =>
        how !== 'stop' || (isEmpty(plan) && !plan.climb)
    }

    test.each(Object.entries(laws))('%s', (_, law) => {
      fc.assert(
        fc.property(question, (asked) => {
          expect(law(asked, decideRestart(asked))).toBe(true)
        })
      )
    })

    test('one-for-one touches no more than rest-for-one, and that no more than one-for-all', () => {
      fc.assert(
        fc.property(question, (asked) => {
          const [one, rest, all] = (['one-for-one', 'rest-for-one', 'one-for-all'] as const).map(
            (strategy) => decideRestart({ ...asked, strategy }).start
          )
          expect(rest).toEqual(expect.arrayContaining([...one!]))
          expect(all).toEqual(expect.arrayContaining([...rest!]))
        })
      )
    })
  })
})

describe('findDecider', () => {
  test('climbs 100,000 owners', () => {
    const { crashed, application } = findDecider('99999', (name) => ({
      restart: 'transient',
      owner: name === '0' ? undefined : String(Number(name) - 1)
    }))
    expect(crashed).toHaveLength(100_000)
    expect(application).toBe(true)
  })

  test('a temporary owner keeps a crash of its child to itself', () => {
    const standings = {
      Child: { restart: 'transient', owner: 'Owner' },
      Owner: { restart: 'temporary', owner: 'Outer' },
      Outer: { restart: 'transient' }
    } as const
    expect(findDecider('Child', (name) => standings[name as keyof typeof standings])).toEqual({
      crashed: ['Child', 'Owner'],
      supervisor: undefined,
      application: false
    })
  })
})
