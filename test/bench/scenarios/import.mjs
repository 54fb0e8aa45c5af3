import { stopwatch } from '../harness/stopwatch.mjs'

// What a contestant's import costs in a process that has imported nothing yet.
const MODULES = {
  keelson: ['keelson'],
  nestjs: ['reflect-metadata', '@nestjs/common', '@nestjs/core'],
  'nestjs:schedule': ['reflect-metadata', '@nestjs/common', '@nestjs/core', '@nestjs/schedule'],
  effect: ['effect'],
  'its four packages': ['reflect-metadata', 'tsyringe', 'rxjs', 'pino'],
  tsyringe: ['reflect-metadata', 'tsyringe'],
  inversify: ['reflect-metadata', 'inversify'],
  awilix: ['awilix'],
  'needle-di': ['@needle-di/core'],
  rxjs: ['rxjs'],
  croner: ['croner']
}

export default {
  title: 'Import',
  contestants: Object.keys(MODULES),
  base: 'nestjs',
  rounds: 11,
  bars: () => [
    {
      number: 1,
      what: 'import',
      metric: 'import',
      over: 'nestjs',
      bar: 1 / 5,
      aim: 1 / 15,
      beside: ['nestjs', 'effect']
    }
  ],
  metrics: [
    { key: 'import', unit: 'ms' },
    { key: 'importWall', unit: 'ms', ratio: false },
    { key: 'memory', unit: 'MB' }
  ],
  cases: () => [{ label: 'fresh process' }],
  async measure(contestant) {
    const memory = process.memoryUsage().rss
    const time = stopwatch()
    for (const name of MODULES[contestant]) await import(name)
    const { ms, wall } = time()
    return {
      import: ms,
      importWall: wall,
      memory: (process.memoryUsage().rss - memory) / 2 ** 20
    }
  }
}
