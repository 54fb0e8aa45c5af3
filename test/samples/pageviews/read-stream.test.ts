import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readStream } from '../../../samples/pageviews/ingest/read-stream.js'

const never = new AbortController().signal

async function linesOf(stream: Readable, stop = never): Promise<string[]> {
  const read: string[] = []
  for await (const { lines } of readStream(stream, 'standard input', stop)) read.push(...lines)
  return read
}

describe('reading a stream', () => {
  it('fails when the stream does', async () => {
    const stream = new Readable({
      read() {
        this.destroy(new Error('the disk is gone'))
      }
    })
    await expect(linesOf(stream)).rejects.toThrow('the disk is gone')
  })

  it('gives all lines, the last without newline too', async () => {
    expect(await linesOf(Readable.from([Buffer.from('one\ntw'), Buffer.from('o\nthree')]))).toEqual([
      'one',
      'two',
      'three'
    ])
  })

  it('ends with a stream that has nothing, or that somebody closed', async () => {
    expect(await linesOf(Readable.from([]))).toEqual([])
    const stream = new PassThrough()
    const reading = linesOf(stream)
    stream.destroy()
    expect(await reading).toEqual([])
  })

  it('is told to stop: what has arrived is counted, nothing after it, and the stream is let go', async () => {
    const stop = new AbortController()
    const stream = new PassThrough()
    const read: string[] = []
    stream.write('one\n')
    for await (const { lines } of readStream(stream, 'standard input', stop.signal)) {
      read.push(...lines)
      if (stop.signal.aborted) continue
      stream.write('two\nthr')
      stop.abort()
    }
    expect(read).toEqual(['one', 'two', 'thr'])
    expect(stream.destroyed).toBe(true)
  })

  it('is told to stop while nothing arrives', async () => {
    const stop = new AbortController()
    const reading = linesOf(new PassThrough(), stop.signal)
    stop.abort()
    expect(await reading).toEqual([])
  })
})
