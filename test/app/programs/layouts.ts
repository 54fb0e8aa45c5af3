import { createApplication, Module, Service, Task } from 'keelson'

// Starts, restarts and stops services of the same kind, long enough for each of their fields to be written.

const SIZE = 60
const crashes = new Map<number, number>()
let settle!: () => void
const settled = new Promise<void>((resolve) => (settle = resolve))

const classes = Array.from({ length: SIZE }, (_, index) => {
  class Worker {
    async onStart(): Promise<void> {
      await Promise.resolve()
    }

    async work(): Promise<void> {
      const count = (crashes.get(index) ?? 0) + 1
      crashes.set(index, count)
      if ([...crashes.values()].every((one) => one > 2) && crashes.size === SIZE) settle()
      await Promise.resolve()
      if (count <= 2) throw new Error('boom')
    }

    async onStop(): Promise<void> {
      await Promise.resolve()
    }
  }
  Task()(Worker.prototype, 'work', Object.getOwnPropertyDescriptor(Worker.prototype, 'work')!)
  Service({ name: `Worker${index}` })(Worker)
  return Worker
})

class App {}
Module({ providers: classes })(App)

const supervisor = { backoff: false, maxRestarts: Infinity } as const
const app = await createApplication(App, { logger: false, supervisor })
await app.start()
await settled
await app.stop()
console.log('done')
