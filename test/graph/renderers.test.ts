import { describe, expect, test } from 'vitest'
import { type GraphView, toDot, toJSON, toMermaid, toText } from '../../src/graph/index.js'
import { expectGolden } from '../golden.js'
import { awkward, chainView, empty, knotted, shop } from './example-graphs.js'

const renderers = {
  dot: toDot,
  mmd: toMermaid,
  txt: toText,
  json: (view: GraphView) => JSON.stringify(toJSON(view), null, 2)
}

describe.each(Object.entries(renderers))('as %s', (extension, render) => {
  test.each(Object.entries({ awkward, knotted, empty, shop }))(
    'the graph "%s" is drawn as before',
    (name, view) => {
      expect.hasAssertions()
      expectGolden(`graph/${name}.${extension}`, render(view))
    }
  )

  test('a graph is drawn the same each time', () => {
    expect(render(shop)).toBe(render(structuredClone(shop)))
  })

  test('a chain of 100,000 is drawn in a size that follows its length', () => {
    const text = render(chainView(100_000))
    expect(text).toContain('Node100000')
    expect(text.length).toBeLessThan(100_000 * 150)
  })
})

test('as JSON the graph reads back as it was', () => {
  expect(JSON.parse(JSON.stringify(toJSON(shop)))).toEqual({ version: 1, ...shop })
})

describe('as text', () => {
  test('a chain too deep to read goes on further down, where a mark says so', () => {
    expect.hasAssertions()
    expectGolden('graph/deep.txt', toText(chainView(70)))
  })

  test('every node is described once', () => {
    const lines = toText(shop).split('\n')
    for (const { name } of shop.nodes) {
      const own = lines.filter(
        (line) => line.replace(/^[│├└─┄· ]+/, '').startsWith(name) && !/ [↑↓]/.test(line)
      )
      expect(own.filter((line) => line !== 'Shop' && !line.includes(`${name}/`))).toHaveLength(1)
    }
  })

  test('nothing that a name says turns the writing direction around', () => {
    const marks = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).filter((mark) =>
      /\p{Bidi_Control}/u.test(mark)
    )
    expect(marks).toHaveLength(12)
    for (const mark of marks) {
      const code = `\\u{${mark.codePointAt(0)!.toString(16)}}`
      expect(toText({ nodes: [{ name: `a${mark}b` }], edges: [] })).toBe(`a${code}b\n`)
    }
  })

  test('nothing that a name says reaches the terminal as a command', () => {
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    expect(toText(awkward)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })
})

describe('as DOT', () => {
  test('every line is whole: quotes in names do not end a string', () => {
    for (const line of toDot(awkward).split('\n')) {
      expect(line.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('"')).toBe(false)
    }
  })
})

describe('as a Mermaid chart', () => {
  test('labels hold nothing but harmless characters and codes', () => {
    const labels = [...toMermaid(awkward).matchAll(/\["(.*)"\]/g)].map(([, label]) => label!)
    expect(labels).toHaveLength(9)
    for (const label of labels) expect(label).toMatch(/^(?:[\p{L}\p{N} .,/:()«»-]|#\d+;|<br\/>)*$/u)
  })
})
