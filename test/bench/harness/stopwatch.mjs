/**
 * Begins to measure.
 *
 * @returns what has passed since, in ms: `wall` by the clock, `cpu` of processor time, and `ms`, the lesser of the two. Others
 *   on the machine lengthen the one, helper threads of the engine the other; what the code itself takes is in both.
 */
export function stopwatch() {
  const [begun, at] = [process.cpuUsage(), performance.now()]
  return () => {
    const wall = performance.now() - at
    const { user, system } = process.cpuUsage(begun)
    const cpu = (user + system) / 1000
    return { wall, cpu, ms: Math.min(wall, cpu) }
  }
}
