// The graphs that the contestants boot: which service needs which others, by index, in topological order.

const LAYER = 50

/** What service `index` needs, by shape. */
const SHAPES = {
  /** Layers of 50; each service needs three of the layer before. */
  layered(index) {
    const layer = Math.floor(index / LAYER)
    if (layer === 0) return []
    const found = new Set()
    for (let n = 0; n < 3; n++) found.add((layer - 1) * LAYER + ((index * 7 + n * 13) % LAYER))
    return [...found]
  },
  /** Each needs the one before it. */
  chain: (index) => (index === 0 ? [] : [index - 1]),
  /** Each needs the ten before it. */
  dense: (index) => Array.from({ length: Math.min(index, 10) }, (_, n) => index - 1 - n),
  /** Nobody needs anybody. */
  wide: () => []
}

/** @param {keyof typeof SHAPES} shape */
export function makeGraph(shape, size) {
  const needs = Array.from({ length: size }, (_, index) => SHAPES[shape](index))
  return graphOf(needs)
}

/** Levels of ten services, each of which needs three of the level before. */
export function makeLevels(levels) {
  const needs = Array.from({ length: levels * 10 }, (_, index) => {
    const level = Math.floor(index / 10)
    if (level === 0) return []
    return [0, 3, 7].map((n) => (level - 1) * 10 + ((index + n) % 10))
  })
  return graphOf(needs)
}

export function graphOf(needs) {
  const dependants = needs.map(() => [])
  needs.forEach((list, index) => list.forEach((need) => dependants[need].push(index)))
  return { size: needs.length, needs, dependants }
}

/** What may start together: those whose needs are all in the sets before. By `dependants`, what may stop so. */
export function readySets(needs) {
  const waiting = needs.map((list) => list.length)
  const users = needs.map(() => [])
  needs.forEach((list, index) => list.forEach((need) => users[need].push(index)))
  const sets = []
  for (let ready = waiting.flatMap((n, index) => (n === 0 ? [index] : [])); ready.length > 0;) {
    sets.push(ready)
    const next = []
    for (const index of ready) {
      for (const user of users[index]) if (--waiting[user] === 0) next.push(user)
    }
    ready = next
  }
  return sets
}
