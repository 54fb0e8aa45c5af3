/** `wheel`: one timer that corrects itself and calls all of them, the least that one can do by hand. */
export function timers(count, period, tick, variant) {
  if (variant !== 'wheel') {
    return () => {
      for (let n = 0; n < count; n++) setInterval(tick, period, n)
    }
  }
  return () => {
    const start = performance.now()
    let turn = 0
    const run = () => {
      for (let due = performance.now() - start; (turn + 1) * period <= due; turn++) {
        for (let n = 0; n < count; n++) tick(n)
      }
      setTimeout(run, Math.max(1, Math.ceil((turn + 1) * period - (performance.now() - start))))
    }
    setTimeout(run, period)
  }
}
