import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineCutter, LONGEST_LINE } from '../../../samples/pageviews/ingest/line-cutter.js'

function cut(bytes: Buffer, sizes: readonly number[] = [], midLine = false) {
  const cutter = new LineCutter(midLine)
  const lines: string[] = []
  for (let at = 0, chunk = 0; at < bytes.length; chunk++) {
    const size = sizes[chunk % sizes.length] ?? bytes.length
    // a copy that is overwritten, as the buffer of a file is by the next read
    const copy = Buffer.from(bytes.subarray(at, at + size))
    lines.push(...cutter.push(copy))
    copy.fill('#')
    at += size
  }
  const whole = cutter.consumed
  lines.push(...cutter.end())
  return { lines, whole, consumed: cutter.consumed }
}

describe('a line cutter', () => {
  it('gives nothing for nothing', () => {
    expect(cut(Buffer.alloc(0))).toEqual({ lines: [], whole: 0, consumed: 0 })
  })

  it('holds back a last line until the end says that nothing follows', () => {
    expect(cut(Buffer.from('one\ntwo'))).toEqual({ lines: ['one', 'two'], whole: 4, consumed: 7 })
  })

  it('gives empty lines', () => {
    expect(cut(Buffer.from('\n\none\n'))).toEqual({ lines: ['', '', 'one'], whole: 6, consumed: 6 })
  })

  it('gives the same lines however the bytes are chunked, characters cut in two included', () => {
    const texts = fc
      .array(fc.constantFrom('a', 'é', '€', '🚢', '\n', '\r\n', ' '))
      .map((parts) => parts.join(''))
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(texts, sizes, (text, chunks) => {
        const lines = text.split('\n')
        if (lines.at(-1) === '') lines.pop()
        const bytes = Buffer.from(text)
        expect(cut(bytes, chunks)).toEqual({
          lines,
          whole: bytes.lastIndexOf(10) + 1,
          consumed: bytes.length
        })
      })
    )
  })

  it('replaces bytes that are no UTF-8', () => {
    expect(cut(Buffer.from([0x61, 0xe9, 0x0a, 0xff, 0x0a])).lines).toEqual(['a\ufffd', '\ufffd'])
  })

  it('passes over the rest of a line that was counted before', () => {
    expect(cut(Buffer.from('rest\none\n'), [2], true)).toEqual({ lines: ['one'], whole: 9, consumed: 9 })
    expect(cut(Buffer.from('rest'), [2], true)).toEqual({ lines: [], whole: 4, consumed: 4 })
  })

  it.each([[[1000]], [[LONGEST_LINE]], [[LONGEST_LINE * 3]], [[LONGEST_LINE * 9]]])(
    'cuts an endless line to its limit and goes on after it, in chunks of %s',
    (sizes) => {
      const endless = 'x'.repeat(LONGEST_LINE * 4)
      const bytes = Buffer.from(`one\n${endless}\ntwo\n`)
      const { lines, consumed } = cut(bytes, sizes)
      expect(lines.map((line) => line.length)).toEqual([3, LONGEST_LINE, 3])
      expect(consumed).toBe(bytes.length)
    }
  )

  it('keeps no more of an endless line than its limit', () => {
    const cutter = new LineCutter()
    const chunk = Buffer.alloc(LONGEST_LINE, 'x')
    const lines = Array.from({ length: 100 }, () => cutter.push(chunk)).flat()
    expect(lines).toHaveLength(1)
    expect(cutter.consumed).toBe(100 * LONGEST_LINE)
  })
})
