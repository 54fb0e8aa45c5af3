import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearNames } from '../../src/wiring/near-names.js'

describe('near names', () => {
  it.each([
    ['OrderServce', ['OrderService', 'UserService'], ['OrderService']],
    ['order-service', ['OrderService'], ['OrderService']],
    ['CLOCK', ['Clock', 'BLOCK', 'Logger'], ['Clock', 'BLOCK']],
    ['Orders', ['OrdersService', 'OrdersRepository', 'Users'], ['OrdersRepository', 'OrdersService']],
    ['DATABASE_URL', ['DatabaseUrl', 'DATABASE_URI'], ['DatabaseUrl', 'DATABASE_URI']],
    ['Db', ['Database', 'Api'], []],
    ['Mailer', [], []]
  ])('of %s among %j are %j', (name, names, expected) => {
    expect(nearNames(name, names)).toEqual(expected)
  })

  it('are at most three, each once', () => {
    expect(nearNames('Reader', ['Reade', 'Readers', 'Readerx', 'Readery', 'Reade'])).toHaveLength(3)
  })

  it('always hold the name itself, and come from those given', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (name, others) => {
        const found = nearNames(name, [...others, name], Infinity)
        expect(found).toContain(name)
        expect(new Set([...others, name])).toEqual(new Set([...others, name, ...found]))
      })
    )
  })
})
