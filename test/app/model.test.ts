import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scenarios } from './model-scenario.js'
import { ModelWorld } from './model-world.js'

const numRuns = Number(process.env['KEELSON_RUNS'] ?? 2000)

describe('an application', () => {
  it('keeps its promises, whatever is done to it', { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        expect(await ModelWorld.play(scenario)).toEqual([])
      }),
      { numRuns }
    )
  })
})
