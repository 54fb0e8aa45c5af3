const MOST = 3
/** Longer ones nobody has typed, and to compare them takes as long as the square of their length. */
const LONGEST = 200

/**
 * The candidates that somebody who wrote `name` may have meant, nearest first, at most three.
 *
 * Near means: as few slips (a letter more, less, changed, or two swapped) as a third of the longer name allows, and
 * at least one letter right, in names of up to 200 letters; upper and lower case are alike, and signs between words do
 * not count. Then come candidates that have the name in them, or are in it, from four letters on. Equally near ones keep
 * their order; the name itself is not among them.
 */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = plain(name)
  const found: { candidate: string; slips: number }[] = []
  for (const candidate of new Set(candidates)) {
    if (candidate === name) continue
    const letters = plain(candidate)
    const isPart = letters.includes(wanted) || wanted.includes(letters)
    // whether a word begins there takes as long as all else, and is asked of few
    const slips = slipsBetween(wanted, letters) ?? (isPart ? extraLetters(name, candidate) : undefined)
    if (slips !== undefined) found.push({ candidate, slips })
  }
  return found
    .toSorted((a, b) => a.slips - b.slips)
    .slice(0, MOST)
    .map(({ candidate }) => candidate)
}

/** `DATABASE_URL`, `database-url` and `DatabaseUrl` are one word to whoever mistypes it. */
function plain(name: string): string {
  const letters = name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return letters === '' ? name : letters
}

function slipsBetween(a: string, b: string): number | undefined {
  const longer = Math.max(a.length, b.length)
  const shorter = Math.min(a.length, b.length)
  const allowed = Math.max(1, Math.floor(longer / 3))
  if (longer > LONGEST || longer - shorter > allowed) return undefined
  const slips = distance(a, b, allowed)
  return slips <= allowed && slips < shorter ? slips : undefined
}

/** Of a name that is part of the other, from the start of a word on; more than any slips. */
function extraLetters(a: string, b: string): number | undefined {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return plain(short).length >= 4 && ` ${words(long)}`.includes(` ${words(short)}`) ? long.length : undefined
}

function words(name: string): string {
  return name
    .replaceAll(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()
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
