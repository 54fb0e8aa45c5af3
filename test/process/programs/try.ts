import { bootstrap, Service, Timer } from 'keelson'
const ts = globalThis.setTimeout, tc = globalThis.clearTimeout
const live = new Map<unknown, string>()
globalThis.setTimeout = ((f: () => void, ms: number) => { const h: unknown = ts(() => { live.delete(h); f() }, ms); live.set(h, ms + new Error().stack!.split('\n').slice(2, 6).join('\n')); return h }) as never
globalThis.clearTimeout = ((h: never) => { live.delete(h); tc(h) }) as never
@Service()
class Reader {
  @Timer('1s') tick() {}
}
const app = await bootstrap([Reader])
console.log('up')
process.on('exit', () => console.log(live))
