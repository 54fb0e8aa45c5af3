import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { LineCutter } from './line-cutter.js'
import type { Block } from './position.js'

/**
 * Reads a stream of bytes to its end, or until `stop` aborts; what had arrived by then is still handed out.
 *
 * @param source - the name under which its lines are known
 */
export async function* readStream(
  stream: Readable,
  source: string,
  stop: AbortSignal
): AsyncGenerator<Block> {
  const cutter = new LineCutter()
  const over = Promise.race([once(stream, 'end'), once(stream, 'close'), once(stop, 'abort')])
  while (!stop.aborted && !stream.readableEnded && !stream.destroyed) {
    const chunk = stream.read() as Buffer | null
    if (chunk === null) await Promise.race([once(stream, 'readable'), over])
    else yield { source, lines: cutter.push(chunk) }
  }
  const lines: string[] = []
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) lines.push(...cutter.push(chunk))
  stream.destroy() // an open input would keep the process alive
  yield { source, lines: [...lines, ...cutter.end()] }
}
