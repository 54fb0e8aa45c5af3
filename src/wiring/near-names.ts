/**
 * The names most like `name`, best first, at most `limit`: those that differ by case, by a few letters, or by a
 * part such as `Service` at either end. None when nothing is like it.
 */
export function nearNames(name: string, names: Iterable<string>, limit = 3): string[] {
  const wanted = plain(name)
  const most = Math.max(1, Math.floor(wanted.length / 3))
  const found: { name: string; distance: number }[] = []
  for (const candidate of new Set(names)) {
    const other = plain(candidate)
    const distance = wanted !== other && isPart(wanted, other) ? 1 : editDistance(wanted, other, most)
    if (distance <= most) found.push({ name: candidate, distance })
  }
  return found
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map((each) => each.name)
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

function isPart(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.length >= 4 && (long.startsWith(short) || long.endsWith(short))
}

/** Levenshtein's distance, or anything above `limit` once it is known to be larger. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const cost = Math.min(replaced, above[j]! + 1, row[j - 1]! + 1)
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least > limit) return limit + 1
    above = row
  }
  return above[b.length]!
}
