// Does not stop as it should: 'throws', 'hangs', has a task that 'ignores' its signal, throws where 'nobody' catches, or its factory's 'dispose' hangs. 'by hand': nobody sends a signal. 'silent': without a log. 'alone': the process is not its own.
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap, Module, Service, Task } from 'keelson'

const [, , how, by, options] = process.argv

@Service({ inject: ['pool'] })
class Store {
  constructor(readonly pool: unknown) {}
  @Task() async flush(): Promise<void> {
    if (how === 'ignores') await new Promise(() => undefined)
  }
  async onShutdown(): Promise<void> {
    if (how === 'throws') throw new Error('the disk is full')
    if (how === 'nobody') await sleep(20, setTimeout(fail, 1))
    if (how === 'hangs') await new Promise(() => undefined)
  }
}

function fail(): never {
  throw new Error('the disk is full')
}

const dispose = (): Promise<void> => (how === 'dispose' ? new Promise(() => undefined) : Promise.resolve())

@Module({ providers: [Store, { provide: 'pool', useFactory: () => 'a pool', dispose }] })
class App {}

const app = await bootstrap(App, {
  shutdownTimeout: '200ms',
  ...(options === 'silent' ? { logger: false } : {}),
  ...(options === 'alone' ? { signals: false } : {})
})
if (by === 'by hand') await app.stop().catch(() => console.log('stop() rejects'))
else console.log('up')
