// Starts and stops one application, or builds one after another, as often as the arguments say; prints what is held
// before and after.
import { queryObjects } from 'node:v8'
import { Application, createApplication, inject, Service, ServiceContext, Task, Timer } from 'keelson'

const [, , how, count = '0'] = process.argv
const WARM_UP = 200
const EVENTS = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGUSR2',
  'uncaughtException',
  'unhandledRejection',
  'exit',
  'warning'
]

@Service()
class Store {
  async onStart({ defer }: ServiceContext): Promise<void> {
    defer(() => undefined)
    await Promise.resolve()
  }
}

@Service()
class Page {}

@Service()
class Reader {
  readonly store = inject(Store)
  @Task() async read({ addTask, addChild, stopRequested }: ServiceContext): Promise<void> {
    await addChild(Page)
    void addTask(stopRequested)
    await stopRequested()
  }
  @Timer('1s') report(): void {}
}

const create = (): Promise<Application> =>
  createApplication(Reader, { logger: false, signals: true, redirectConsole: true })

const one = await create()
const cycle = async (): Promise<void> => {
  const app = how === 'one' ? one : await create()
  await app.start()
  await app.stop()
  if (app !== one) await app[Symbol.asyncDispose]()
}

async function held(): Promise<object> {
  // Asking for objects collects all that can be, which a plain collection does not.
  // `Object` stands for all of them.
  const kinds = { Application, ServiceContext, Reader, Page, AbortSignal, Promise, Object }
  let objects: Record<string, number> = {}
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    const counts = Object.entries(kinds).map(([name, kind]) => [name, queryObjects(kind as never)] as const)
    objects = Object.fromEntries(counts) as Record<string, number>
  }
  const listeners = EVENTS.reduce((sum, event) => sum + process.listenerCount(event), 0)
  const handles = process.getActiveResourcesInfo().toSorted()
  return { listeners, handles, objects }
}

for (let warmUp = 0; warmUp < WARM_UP; warmUp++) await cycle()
const before = await held()
for (let index = 0; index < Number(count); index++) await cycle()
console.log(`held: ${JSON.stringify([before, await held()])}`)
