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
  bars: () => [{ number: 1, what: 'import', metric: 'import', over: 'nestjs', bar: 1 / 5, aim: 1 / 15 }],
  metrics: [
    { key: 'import', unit: 'ms' },
    { key: 'importCpu', unit: 'ms' },
    { key: 'memory', unit: 'MB' }
  ],
  cases: () => [{ label: 'fresh process' }],
  async measure(contestant) {
    const memory = process.memoryUsage().rss
    const [cpu, at] = [process.cpuUsage(), performance.now()]
    for (const name of MODULES[contestant]) await import(name)
    const wall = performance.now() - at
    const { user, system } = process.cpuUsage(cpu)
    return {
      import: wall,
      importCpu: (user + system) / 1000,
      memory: (process.memoryUsage().rss - memory) / 2 ** 20
    }
  }
}
