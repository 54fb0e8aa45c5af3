// a program that listens to streams has loaded rxjs, whose import is no part of a boot
// oxlint-disable-next-line import/no-unassigned-import -- it is there to be loaded
import 'rxjs'
import { createApplication, Cron, Injectable, Module, Service, Task, Timer } from 'keelson'
import { SOURCES } from '../package.mjs'

export const hooks = { start: 'onStart', stop: 'onStop' }

/** `watched`: with a subscriber to every event. */
export function prepare(graph, classes, variant) {
  classes.forEach((class_, index) => {
    Service({ inject: graph.needs[index].map((need) => classes[need]) })(class_)
  })
  const App = moduleOf({ providers: classes })
  return {
    async boot() {
      const app = await create(App)
      let seen = 0
      app.state$.subscribe(() => seen++)
      if (variant === 'watched') app.events$.subscribe(() => seen++)
      await app.start()
      return { app, stop: () => app.stop() }
    }
  }
}

export async function singleton(classes, which) {
  const app = await create(moduleOf({ providers: classes }))
  return () => app.get(classes[which])
}

export async function scope(shared, scoped, needs) {
  scoped.forEach((class_, n) => Injectable({ lifetime: 'scoped', inject: needs[n] })(class_))
  const app = await create(moduleOf({ providers: [...shared, ...scoped] }))
  return async () => {
    const one = app.createScope()
    const found = scoped.map((class_) => one.get(class_))
    await one[Symbol.asyncDispose]()
    return found
  }
}

export async function transient(needs, Root) {
  for (const [class_, inject] of needs) Injectable({ lifetime: 'transient', inject })(class_)
  const app = await create(moduleOf({ providers: [...needs.keys()] }))
  return () => app.get(Root)
}

export const timers = (count, period, tick) => ticking(count, tick, Timer(period))
export const crons = (count, tick) => ticking(count, tick, Cron('* * * * * *'))

/** One service with that many methods, each of them called by itself. */
async function ticking(count, tick, decorate) {
  class Ticking {}
  for (let n = 0; n < count; n++) {
    const key = `tick${n}`
    Object.defineProperty(Ticking.prototype, key, {
      value: () => tick(n),
      writable: true,
      configurable: true
    })
    decorate(Ticking.prototype, key, Object.getOwnPropertyDescriptor(Ticking.prototype, key))
  }
  Service()(Ticking)
  const app = await create(moduleOf({ providers: [Ticking] }))
  return () => app.start()
}

export async function restarts(work) {
  const [gate, end] = [promise(), promise()]
  class Crashing {
    async run() {
      await gate.promise
      await work()
      end.resolve()
    }
  }
  Task()(Crashing.prototype, 'run', Object.getOwnPropertyDescriptor(Crashing.prototype, 'run'))
  Service()(Crashing)
  const supervisor = { backoff: false, maxRestarts: Infinity }
  const app = await create(moduleOf({ providers: [Crashing], supervisor }))
  await app.start()
  return () => {
    gate.resolve()
    return end.promise
  }
}

/** No public call does nothing but publish, so the streams themselves are measured, which the package keeps to itself. */
const streams = () => import(new URL('streams/index.js', SOURCES))

export async function events() {
  const stream = new (await streams()).EventStream(() => {})
  return (event) => stream.publish(event)
}

export async function states(listener) {
  const stream = new (await streams()).StateStream(0, () => {})
  stream.observable.subscribe(listener)
  return (state) => stream.set(state)
}

function moduleOf(options) {
  class App {}
  Module(options)(App)
  return App
}

const create = (module) => createApplication(module, { logger: false })

function promise() {
  let resolve
  return { promise: new Promise((done) => (resolve = done)), resolve }
}
