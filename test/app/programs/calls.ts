import { Session } from 'node:inspector/promises'
import { createApplication } from 'keelson'
import { layered } from '../layered.js'

// Prints how many calls of our own functions it takes to construct, start and stop one service more.

const SOURCES = new URL('../../../src/', import.meta.url).href
const session = new Session()
session.connect()
await session.post('Profiler.enable')

// what runs once runs first
await callsOf(100)
const [few, many] = [await callsOf(200), await callsOf(400)]
console.log(JSON.stringify(Object.fromEntries(Object.keys(few).map((phase) => [phase, perService(phase)]))))
process.exit()

function perService(phase: string): number {
  return (many[phase]! - few[phase]!) / 200
}

async function callsOf(size: number): Promise<Record<string, number>> {
  const root = layered(size)
  const [construct, app] = await counted(() => createApplication(root, { logger: false }))
  const [start] = await counted(() => app.start())
  const [stop] = await counted(() => app.stop())
  return { construct, start, stop }
}

async function counted<T>(work: () => Promise<T>): Promise<[calls: number, result: T]> {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const result = await work()
  const { result: scripts } = await session.post('Profiler.takePreciseCoverage')
  await session.post('Profiler.stopPreciseCoverage')
  const functions = scripts.filter(({ url }) => url.startsWith(SOURCES)).flatMap((script) => script.functions)
  return [functions.reduce((sum, { ranges }) => sum + ranges[0]!.count, 0), result]
}
