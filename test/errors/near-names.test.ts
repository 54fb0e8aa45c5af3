import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearNames } from '../../src/errors/near-names.js'

test('nothing is near a name that is far from all', () => {
  expect(nearNames('Database', ['Gateway', 'Mailer'])).toEqual([])
  expect(nearNames('Database', [])).toEqual([])
  expect(nearNames('', ['A'])).toEqual([])
  expect(nearNames('a', ['b'])).toEqual([])
  expect(nearNames('a', ['Ab', 'Ba'])).toEqual([])
  expect(nearNames('Db', ['Database', 'Api'])).toEqual([])
  expect(nearNames('--', ['++', '-'])).toEqual([])
})

test('the name itself is not offered', () => {
  expect(nearNames('Orders', ['Orders', 'Order'])).toEqual(['Order'])
})

test.each([
  ['a letter less', 'Databse'],
  ['a letter more', 'Databasse'],
  ['another letter', 'Databane'],
  ['two letters swapped', 'Dtaabase'],
  ['other case', 'DATABASE']
])('%s is near', (_, typed) => {
  expect(nearNames(typed, ['Mailer', 'Database'])).toEqual(['Database'])
})

test.each([
  ['order-service', ['OrderService'], ['OrderService']],
  ['CLOCK', ['Clock', 'BLOCK', 'Logger'], ['Clock', 'BLOCK']],
  ['DATABASE_URL', ['DATABASE_URI', 'DatabaseUrl'], ['DatabaseUrl', 'DATABASE_URI']]
])('of %s among %j are near: %j', (name, names, expected) => {
  expect(nearNames(name, names)).toEqual(expected)
})

test('a swap is one slip, so a short name may have one', () => {
  expect(nearNames('ab', ['ba'])).toEqual(['ba'])
})

test('the nearest comes first, ties keep their order, three at most', () => {
  expect(nearNames('orders', ['orderly', 'order', 'ordersx', 'orderz', 'ordexyz'])).toEqual([
    'order',
    'ordersx',
    'orderz'
  ])
})

test('a longer form of the name comes after near spellings, the shortest of them first', () => {
  expect(nearNames('Order', ['ShopModule.OrderService', 'OrderService', 'Odrer'])).toEqual([
    'Odrer',
    'OrderService',
    'ShopModule.OrderService'
  ])
  expect(nearNames('OrderService', ['Order', 'Ord'])).toEqual(['Order'])
})

test('what is offered is always among the candidates, once', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 6 }), fc.array(fc.string({ maxLength: 6 })), (name, candidates) => {
      const near = nearNames(name, candidates)
      expect(near.length).toBeLessThanOrEqual(3)
      expect(new Set(near).size).toBe(near.length)
      expect(candidates).toEqual(expect.arrayContaining(near))
      expect(near).not.toContain(name)
    })
  )
})

test('names that nobody types are not compared letter by letter', () => {
  const long = 'x'.repeat(200_000)
  expect(nearNames(`y${long}`, [`z${long}`])).toEqual([])
  expect(nearNames(`${'x'.repeat(90)}y`, [`${'x'.repeat(90)}z`])).toHaveLength(1)
})

test('a hundred thousand candidates take no time to speak of', () => {
  const candidates = Array.from({ length: 100_000 }, (_, i) => `SomeService${i}`)
  expect(nearNames('SmoeService99999', candidates)[0]).toBe('SomeService99999')
})
