import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { LineCutter } from './line-cutter.js'
import type { Block, Position } from './position.js'

const CHUNK = 256 * 1024
const LONGEST_HEAD = 1024

/** An open log file that is read from where an earlier reader left it. Stays the same file when it is renamed. */
export class LogFile {
  readonly #handle: FileHandle
  readonly #chunk = Buffer.allocUnsafe(CHUNK)
  #cutter = new LineCutter()
  #start = 0
  #readTo = 0
  #headLength = 0
  #headHash = ''

  private constructor(
    readonly path: string,
    readonly id: string,
    handle: FileHandle
  ) {
    this.#handle = handle
  }

  /**
   * Opens the file, at its beginning.
   *
   * @param name - the name it was asked for, when it has been renamed since
   */
  static async open(path: string, name = path): Promise<LogFile> {
    const handle = await open(path, 'r')
    const { dev, ino } = await handle.stat({ bigint: true })
    return new LogFile(name, `${dev}:${ino}`, handle)
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  /** Goes on where `position` ends, unless it tells of another file that had the same inode once. */
  async resume(position: Position): Promise<boolean> {
    this.#headLength = position.headLength
    this.#headHash = position.headHash
    if ((await this.size()) < position.offset || !(await this.#headIsTheSame())) {
      this.rewind()
      return false
    }
    // only a last line without newline was counted before its end; what was added to it is no line of its own
    const midLine = position.offset > 0 && (await this.#bytes(position.offset - 1, 1))[0] !== 10
    this.#cutter = new LineCutter(midLine)
    this.#start = this.#readTo = position.offset
    return true
  }

  /** No lines, but the place where reading begins: from now on the file is known, even under another name. */
  async begin(): Promise<Block> {
    return this.#block([])
  }

  /** The next whole lines; `undefined` when there are none for now. */
  async next(): Promise<Block | undefined> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#chunk, 0, CHUNK, this.#readTo)
      if (bytesRead === 0) return undefined
      this.#readTo += bytesRead
      const lines = this.#cutter.push(this.#chunk.subarray(0, bytesRead))
      if (lines.length > 0) return this.#block(lines)
    }
  }

  /** The last line when it has no newline: for a file that nobody writes to any more. */
  async rest(): Promise<Block | undefined> {
    const lines = this.#cutter.end()
    return lines.length > 0 ? this.#block(lines) : undefined
  }

  /** Tells whether the file was emptied, and perhaps filled again, since the last read (`copytruncate`). */
  async wasTruncated(): Promise<boolean> {
    const size = await this.size()
    return size < this.#readTo || (size > this.#readTo && !(await this.#headIsTheSame()))
  }

  /**
   * Back to the beginning of a file that was emptied. What was read of a last line is returned, without a
   * position: that place no longer exists.
   */
  rewind(): Block | undefined {
    const lines = this.#cutter.end()
    this.#cutter = new LineCutter()
    this.#start = this.#readTo = this.#headLength = 0
    this.#headHash = ''
    return lines.length > 0 ? { source: this.path, lines } : undefined
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #block(lines: string[]): Promise<Block> {
    const offset = this.#start + this.#cutter.consumed
    const headLength = Math.min(offset, LONGEST_HEAD)
    if (headLength > this.#headLength) {
      this.#headLength = headLength
      this.#headHash = hash(await this.#bytes(0, headLength))
    }
    const position = {
      file: this.id,
      path: this.path,
      offset,
      headLength: this.#headLength,
      headHash: this.#headHash
    }
    return { source: this.path, lines, position }
  }

  async #headIsTheSame(): Promise<boolean> {
    return this.#headLength === 0 || hash(await this.#bytes(0, this.#headLength)) === this.#headHash
  }

  async #bytes(from: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(length), 0, length, from)
    return buffer.subarray(0, bytesRead)
  }
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
