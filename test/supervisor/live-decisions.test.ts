import { describe, expect, it } from 'vitest'
import { decisionTable, type Decision } from './decision-table.js'
import { LiveWorld } from './live-world.js'

async function play(decision: Decision): Promise<LiveWorld> {
  const world = await LiveWorld.of(decision)
  const { when } = decision
  if ('crashes' in when) world.handle(when.crashes).crash(new Error(`${when.crashes} is broken`))
  else if ('stopsItself' in when) void world.context(when.stopsItself).stop()
  else void world.handle(when.isStopped).stop()
  await world.app.clock.settle()
  return world
}

/** Those that were stopped because what they need ended by itself, or was stopped. */
function along({ when }: Decision, world: LiveWorld): Set<string> {
  if ('crashes' in when) return new Set()
  const ended = 'stopsItself' in when ? when.stopsItself : when.isStopped
  return world.dependantsOf(ended).add(ended)
}

describe.each(decisionTable)('$title', (decision) => {
  it('stops, restarts and leaves alone whom the table says', async () => {
    const world = await play(decision)
    const gone = along(decision, world)
    const crashed = new Set(world.partsIn('service.crashed'))
    const stopped = world.partsIn('service.stopped').filter((part) => !gone.has(part) && !crashed.has(part))
    const started = world.partsIn('service.started')
    expect(stopped.toSorted()).toEqual((decision.stops ?? []).toSorted())
    expect(started.filter((part) => !isPool(part)).toSorted()).toEqual((decision.restarts ?? []).toSorted())
    const touched = new Set(world.app.events.all.map((event) => ('service' in event ? event.service : '')))
    for (const part of decision.keeps ?? []) {
      expect(touched, part).not.toContain(world.liveName(part))
      expect(world.handle(part).state, part).toBe('running')
    }
    expectOrder(stopped, (part) => world.dependantsOf(part))
    expectOrder(started.toReversed(), (part) => world.dependantsOf(part))
    for (const part of decision.restarts ?? []) expect(world.handle(part).state, part).toBe('running')
    await world.app[Symbol.asyncDispose]()

    function isPool(part: string): boolean {
      return decision.parts[part]?.strategy !== undefined
    }
  })

  it('charges whom the table says, once', async () => {
    const world = await play(decision)
    const charged = world.app.events.ofType('supervisor.restarting').map(({ supervisor }) => supervisor)
    expect(charged).toEqual(decision.charged === undefined ? [] : [decision.charged])
    await world.app[Symbol.asyncDispose]()
  })

  it('crashes whom the table says, with the same reason, once each', async () => {
    const world = await play(decision)
    const { when, alsoCrash = [] } = decision
    const crashed = world.partsIn('service.crashed')
    if (world.app.events.ofType('application.crashed').length > 0) crashed.push('application')
    const expected = alsoCrash.filter((part) => part === 'application' || world.isService(part))
    expect(crashed).toEqual('crashes' in when ? [when.crashes, ...expected] : expected)
    await world.app[Symbol.asyncDispose]()
  })
})

/** Each of these comes before none of those that must come before it. */
function expectOrder(parts: readonly string[], before: (part: string) => Set<string>): void {
  parts.forEach((part, at) => {
    const late = parts.slice(at + 1).filter((other) => before(part).has(other))
    expect(late, `those after ${part}`).toEqual([])
  })
}
