import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readConstructor } from '../../src/metadata/class-source.js'
import type { Class } from '../../src/tokens/index.js'

/** Evaluates the source as it stands; what vitest compiles has another. */
function cls(source: string): Class {
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval
  return new Function('Base', 'mixin', `return ${source}`)(Map, () => Map) as Class
}

const parameters = (source: string): unknown =>
  readConstructor(cls(source))?.parameters.map(({ name }) => name)

describe('a constructor', () => {
  it.each([
    ['class {}', undefined],
    ['class { x = 1 }', undefined],
    ['class constructor {}', undefined],
    ['class { static constructor(a) {} }', undefined],
    ['class { get x() { return this.constructor(1) } }', undefined],
    ['class { x = { constructor(a) {} } }', undefined],
    ['class { x = this.constructor }', undefined],
    ['class { "constructor"(a) {} }', undefined],
    ['class { m() { function constructor(a) {} } }', undefined],
    ['class { /* constructor(a) {} */ }', undefined],
    ['class { x = "constructor(a) {}" }', undefined],
    ['class { x = `${"constructor(a) {}"} constructor(a) {}` }', undefined],
    ['class { x = /constructor(a) {}/ }', undefined],
    ['class { x = /[/"]constructor(a)"/ }', undefined],
    ['class extends mixin({ constructor(a) {} }) {}', undefined],
    ['class { constructor() {} }', []],
    ['class { x = this.n++ / 2; y = "{"; constructor(a) {} }', ['a']],
    ['class { static n = 0; static x = this.n++\n constructor(a) {} }', ['a']],
    ['class { x = 1 + +/[{]/.exec("1"); constructor(a) {} }', ['a']],
    ['class { constructor(a) {} }', ['a']],
    ['class{constructor(a,b){}}', ['a', 'b']],
    ['class { constructor(a = 1, b) {} }', ['a', 'b']],
    [
      'class { constructor(a = f(1, [2, 3]), { b, c } = { b: 1 }, [d], ...rest) {} }',
      ['a', undefined, undefined, 'rest']
    ],
    ['class { constructor(a = ")", b = `${[1, ")"]}`, /* c, */ $d, _é) {} }', ['a', 'b', '$d', '_é']],
    ['class { constructor(a,) {} }', ['a']],
    ['class { x = 1\n constructor(a) {} }', ['a']],
    ['class { x = y / 2; z = "/"; constructor(a) {} }', ['a']],
    ['class { x = { a: { b: 1 } }; m() { return /}/ } constructor(a) {} }', ['a']],
    ['class { m(a) { if (a) /[{"]/.test(a) } constructor(a) {} }', ['a']],
    ['class { m(a) { while (f(a)) /[{"]/.test(a); for (;0;) /`/g } constructor(a) {} }', ['a']],
    ['class { async m(a) { for await (const b of a) /{/.test(b) } constructor(a) {} }', ['a']],
    ['class { async m(a) { return await (a) / 2 + "{/" } constructor(a) {} }', ['a']],
    ['class { m(a) { return (a) / 2 + "{/" } constructor(a) {} }', ['a']],
    ['class { m(a) { return a.if(1) / 2 + "{/" } constructor(a) {} }', ['a']],
    ['class { #of = 4; m() { return this.#of / 2 + "{/" } constructor(a) {} }', ['a']],
    ['class { m(a) { return a.return / 2 + "{/" } constructor(a) {} }', ['a']],
    ['class { static { if (1) {} } constructor // here\n (a) {} }', ['a']],
    ['class extends mixin({ x: [1] }) { constructor(a) { super() } }', ['a']],
    ['function (a, b) {}', ['a', 'b']],
    ['function Old() {}', []]
  ])('of %s has the parameters %j', (source, expected) => {
    expect(parameters(source)).toEqual(expected)
  })

  it.each([
    ['class extends Base { constructor() { super(...arguments); this.x = 1 } }', true],
    ['class extends Base { constructor(...args) {\n super(...args)\n } }', true],
    ['class extends Base { constructor(a) { super(...arguments) } }', true],
    ['class extends Base { constructor(...args) {\n // as it comes\n /* { */ super(...args) } }', true],
    ['class extends Base { constructor(...args) { other(super(...args)) } }', false],
    ['class extends Base { constructor(a) { super(a) } }', false],
    ['class extends Base { constructor() { super() } }', false],
    ['class extends Base { constructor(...args) { super(...other) } }', false]
  ])('of %s hands on all that it gets: %s', (source, expected) => {
    expect(readConstructor(cls(source))?.forwards).toBe(expected)
  })

  it('of native classes has no parameters', () => {
    for (const native of [Map, Array, Promise])
      expect(readConstructor(native as never)?.parameters).toEqual([])
  })

  it('is found behind anything that a member can be', () => {
    const member = fc.constantFrom(
      'a = 1;',
      'b = "}";',
      "c = '{';",
      'd = `{${ { e: "}" }.e }`;',
      'f = /[{"\'`]/g;',
      'static g = [1, 2].map((x) => { return x / 2 });',
      'h() { if (true) { /* { */ } }',
      '// constructor(wrong) {\n',
      '*i() { yield "constructor(wrong)" }',
      'get j() { return this.constructor }',
      'static { this.k = {} }',
      '["constructor" + 1](wrong) {}'
    )
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), fc.array(member, { maxLength: 4 }), (before, after) => {
        const source = `class { ${before.join(' ')} constructor(first, second = {}) {} ${after.join(' ')} }`
        expect(parameters(source)).toEqual(['first', 'second'])
        expect(parameters(`class { ${before.join(' ')} ${after.join(' ')} }`)).toBeUndefined()
      })
    )
  })
})
