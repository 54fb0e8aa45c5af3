/** Tells the error that Node raises when the stack is full. Nobody may take it for an answer. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}
