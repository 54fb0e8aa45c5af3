import { PASSED_ON, type SignalHeard } from './relaunch.js'

/**
 * Tells the parent which signals have reached this process, and stops in order when the parent is gone. What a signal
 * does is still decided by the program, or by the system where the program does not care.
 */
export function answerParent(): void {
  for (const signal of PASSED_ON) {
    const listener = (): void => {
      const message: SignalHeard = { heard: signal }
      if (process.connected) process.send?.(message)
      if (process.listenerCount(signal) > 1) return
      process.off(signal, listener)
      process.kill(process.pid, signal)
    }
    process.on(signal, listener)
  }
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel?.unref()
}
