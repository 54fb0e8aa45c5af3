import type { RunningTick } from './running-tick.js'

/** The calls under way: none or one, nearly always, so that nothing is made to hold them. */
export type CallsUnderWay = RunningTick | Set<RunningTick> | undefined

export function countOf(calls: CallsUnderWay): number {
  if (calls === undefined) return 0
  return calls instanceof Set ? calls.size : 1
}

export function plus(calls: CallsUnderWay, tick: RunningTick): CallsUnderWay {
  if (calls === undefined) return tick
  return calls instanceof Set ? calls.add(tick) : new Set([calls, tick])
}

export function minus(calls: CallsUnderWay, tick: RunningTick): CallsUnderWay {
  if (!(calls instanceof Set)) return calls === tick ? undefined : calls
  calls.delete(tick)
  return calls.size === 0 ? undefined : calls
}

export function eachOf(calls: CallsUnderWay): Iterable<RunningTick> {
  if (calls === undefined) return []
  return calls instanceof Set ? calls : [calls]
}
