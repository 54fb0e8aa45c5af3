// The scenarios by name, loaded when asked for: a child process loads its own only.
export const scenarios = {
  import: load('import'),
  boot: load('boot'),
  shapes: load('shapes'),
  heap: load('heap'),
  'critical-path': load('critical-path'),
  get: load('get'),
  scope: load('scope'),
  transient: load('transient'),
  timers: load('timers'),
  crons: load('crons'),
  restarts: load('restarts'),
  events: load('events'),
  growth: load('growth')
}

function load(name) {
  return async () => ({ name, ...(await import(`./${name}.mjs`)).default })
}
