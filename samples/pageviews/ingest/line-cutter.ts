const NEWLINE = 10
const NOTHING = Buffer.alloc(0)

/** A line longer than this many bytes is handed out cut to it: no line may fill the memory. */
export const LONGEST_LINE = 64 * 1024

/**
 * Cuts a stream of bytes into whole lines, however the bytes are chunked.
 *
 * Text is decoded (UTF-8; what is none becomes U+FFFD) only where a line ends, so a character that two chunks
 * share stays one.
 */
export class LineCutter {
  /** Bytes of all lines handed out so far, newlines included: where a later reader has to go on. */
  consumed = 0
  #carry: Buffer = NOTHING
  #skipping: boolean

  /** @param midLine - the bytes begin inside a line that has been handed out before: its rest is passed over */
  constructor(midLine = false) {
    this.#skipping = midLine
  }

  /** Takes the next bytes; they may be overwritten afterwards. Returns the lines that they complete. */
  push(bytes: Buffer): string[] {
    const chunk = this.#skipping ? this.#skipLine(bytes) : bytes
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end === 0) {
      this.#carry = Buffer.concat([this.#carry, chunk])
      return this.#carry.length > LONGEST_LINE ? this.#cutCarry(LONGEST_LINE) : []
    }
    const whole = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk.subarray(0, end)]) : chunk
    const length = this.#carry.length + end
    this.#carry = Buffer.from(chunk.subarray(end))
    this.consumed += length
    const lines = whole.toString('utf8', 0, length - 1).split('\n')
    return length > LONGEST_LINE ? lines.map(cutToLongest) : lines
  }

  /** The input is over: a last line needs no newline. */
  end(): string[] {
    return this.#carry.length > 0 ? this.#cutCarry(this.#carry.length) : []
  }

  #cutCarry(length: number): string[] {
    const line = this.#carry.toString('utf8', 0, length)
    this.consumed += this.#carry.length
    this.#carry = NOTHING
    this.#skipping = true
    return [line]
  }

  #skipLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(NEWLINE) + 1
    this.#skipping = end === 0
    const skipped = end === 0 ? bytes.length : end
    this.consumed += skipped
    return bytes.subarray(skipped)
  }
}

// the same cut for a line that came in one chunk: chunks must not decide what a line is
function cutToLongest(line: string): string {
  const surelyShort = line.length * 3 <= LONGEST_LINE
  return surelyShort ? line : Buffer.from(line).toString('utf8', 0, LONGEST_LINE)
}
