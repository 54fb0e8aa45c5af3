// What was measured, beside the bar that was set for it and the aim.

/** Those that are no peers: Keelson, and the bounds. */
const OURS = /^(keelson|handwritten|set-interval|its four packages)/

/**
 * @param scenario one of `scenarios/`: its `bars(case)` are `{ number, what, metric, over?, bar, aim }`, where `over` is whose
 *   figure it is divided by, and `aim` may be computed from that figure
 * @param result what was saved of it
 * @returns a line for each bar of each case; `reached` is 'aim', 'bar' or 'neither'
 */
export function summary(scenario, { cases, metrics }) {
  return cases.flatMap(({ case: case_, rows }) =>
    scenario.bars(case_).flatMap(({ number, what, metric, over, bar, aim, floor, beside }) => {
      const of = (contestant) => rows.find((row) => row.contestant === contestant)?.median?.[metric]
      const { better, unit } = metrics.find(({ key }) => key === metric)
      const scale = over === undefined ? 1 : of(over)
      const ours = of('keelson')
      if (ours === undefined || scale === undefined) return []
      const sign = better === 'more' ? -1 : 1
      const peers = rows.filter(
        (row) =>
          !OURS.test(row.contestant) &&
          !row.complaint &&
          row.median &&
          (beside?.includes(row.contestant) ?? true)
      )
      const best = peers.toSorted((a, b) => sign * (a.median[metric] - b.median[metric]))[0]
      const aimed = floor === undefined ? aim : (of(floor) ?? NaN) + aim
      const measured = ours / scale
      const within = (limit) => sign * (measured - limit) <= 0
      return {
        number,
        what: `${what}, ${case_.label}`,
        unit: over === undefined ? unit : `× ${over}`,
        measured,
        best: best && { name: best.contestant, value: best.median[metric] / scale },
        bar,
        aim: aimed,
        reached: within(aimed) ? 'aim' : within(bar) ? 'bar' : 'neither'
      }
    })
  )
}
