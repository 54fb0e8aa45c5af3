import type { Frame } from './frame.js'

/** With more room than this the stack gives it back once it is empty. */
const KEPT = 64

/**
 * What is being constructed, the innermost last. It keeps its room: an array that is popped empty gives it back, and
 * takes 150 bytes with the next push, for each thing that is made.
 */
export class FrameStack {
  readonly #frames: (Frame | undefined)[] = []
  #depth = 0

  get depth(): number {
    return this.#depth
  }

  push(frame: Frame): void {
    this.#frames[this.#depth++] = frame
  }

  /** Takes the innermost off; what is made of it is no more under way. */
  pop(): void {
    const depth = --this.#depth
    this.#frames[depth]!.node.isBeingMade = false
    this.#frames[depth] = undefined
    if (depth === 0 && this.#frames.length > KEPT) this.#frames.length = 0
  }

  /** The innermost, or the one that is so many around it. */
  innermost(around = 0): Frame | undefined {
    return this.#frames[this.#depth - 1 - around]
  }

  /** All of them, the innermost last. */
  list(): Frame[] {
    return this.#frames.slice(0, this.#depth) as Frame[]
  }
}
