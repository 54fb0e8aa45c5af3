import { cpus, loadavg, release, totalmem } from 'node:os'

/** What the figures were taken on, and how busy it was. */
export function machine() {
  const [{ model }] = cpus()
  return {
    node: process.version,
    processor: `${cpus().length} × ${model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()}`,
    load: loadavg().map((one) => Number(one.toFixed(1))),
    at: new Date().toISOString()
  }
}
