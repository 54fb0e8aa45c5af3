const MOST = 3

/**
 * The candidates that somebody who wrote `name` may have meant, nearest first, at most three.
 *
 * Near means: as few slips (a letter more, less, changed, or two swapped; upper and lower case alike) as a third of
 * the longer name allows. Then come candidates that contain the name, or are contained in it, from four letters on.
 * Equally near ones keep their order; the name itself is not among them.
 */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase()
  const found: { candidate: string; slips: number }[] = []
  for (const candidate of new Set(candidates)) {
    if (candidate === name) continue
    const slips = slipsBetween(wanted, candidate.toLowerCase())
    if (slips !== undefined) found.push({ candidate, slips })
  }
  return found
    .toSorted((a, b) => a.slips - b.slips)
    .slice(0, MOST)
    .map(({ candidate }) => candidate)
}

function slipsBetween(a: string, b: string): number | undefined {
  const longer = Math.max(a.length, b.length)
  const shorter = Math.min(a.length, b.length)
  const allowed = Math.max(1, Math.floor(longer / 3))
  if (longer - shorter <= allowed) {
    const slips = distance(a, b, allowed)
    if (slips <= allowed && slips < longer) return slips
  }
  // after every near spelling, the closest in length first
  return shorter >= 4 && (a.includes(b) || b.includes(a)) ? longer : undefined
}

// The restricted Damerau-Levenshtein distance (optimal string alignment), three rows at a time;
// anything above `most` stands for "too far"
function distance(a: string, b: string, most: number): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let nearest = row
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, before[column - 2]! + 1)
      }
      current.push(least)
      if (least < nearest) nearest = least
    }
    // no later row gets below it: what a swap reaches back to, plus its slip, is never less than this row's least
    if (nearest > most) return nearest
    before = last
    last = current
  }
  return last[b.length]!
}
