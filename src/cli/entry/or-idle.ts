/** Nothing is left in the process that could bring anything about. */
export const IDLE = Symbol('idle')

/** What is awaited; or `IDLE`, when the process would end before it comes. */
export async function orIdle<T>(awaited: Promise<T>): Promise<T | typeof IDLE> {
  let tell!: () => void
  const idle = new Promise<typeof IDLE>((resolve) => {
    tell = () => resolve(IDLE)
  })
  process.once('beforeExit', tell)
  try {
    return await Promise.race([awaited, idle])
  } finally {
    process.off('beforeExit', tell)
  }
}
