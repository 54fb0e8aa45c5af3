/**
 * Begins `code` with its promise announced beforehand, since `code` may lead to somebody asking for it again.
 *
 * @param over told when it is over; another one may have been announced since
 */
export function announced(
  code: () => Promise<void>,
  announce: (promise: Promise<void>) => void,
  over?: (promise: Promise<void>) => void
): Promise<void> {
  let settle!: (outcome: Promise<void>) => void
  const promise: Promise<void> = new Promise<void>((resolve) => (settle = resolve)).finally(() =>
    over?.(promise)
  )
  announce(promise)
  settle(code())
  return promise
}
