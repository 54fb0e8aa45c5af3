import boot, { bootCase, measure } from './boot.mjs'

/** Those who are quick enough for a graph of any size, and those who are not. */
const ENDURING = ['handwritten', 'handwritten:counters', 'keelson', 'effect']
const OTHERS = ['nestjs', 'inversify', 'tsyringe']

export default {
  ...boot,
  title: 'Boot and stop of a chain, and of a graph with ten edges for each service',
  contestants: [...ENDURING, ...OTHERS],
  bars: () => boot.bars().map((one) => (one.number === 2 ? { ...one, number: 3 } : one)),
  cases: (quick) =>
    ['chain', 'dense'].flatMap((shape) =>
      quick
        ? [bootCase(shape, 1000)]
        : [
            ...[1000, 5000, 20_000].map((size) => bootCase(shape, size)),
            { ...bootCase(shape, 100_000), contestants: ENDURING }
          ]
    ),
  measure
}
