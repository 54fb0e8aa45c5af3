/**
 * Begins `code` with its promise announced beforehand, since `code` may lead to somebody asking for it again; and
 * `undefined` when it is over.
 */
export function announced(
  code: () => Promise<void>,
  announce: (promise: Promise<void> | undefined) => void
): Promise<void> {
  let settle!: (outcome: Promise<void>) => void
  const promise = new Promise<void>((resolve) => (settle = resolve)).finally(() => announce(undefined))
  announce(promise)
  settle(code())
  return promise
}
