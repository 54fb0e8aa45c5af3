// Does not stop as it should: 'throws', 'hangs', or its factory's 'dispose' hangs. 'by hand': nobody sends a signal.
import { bootstrap, Module, Service } from 'keelson'

const [, , how, by] = process.argv

@Service({ inject: ['pool'] })
class Store {
  constructor(readonly pool: unknown) {}
  onShutdown(): unknown {
    if (how === 'throws') throw new Error('the disk is full')
    return how === 'hangs' ? new Promise(() => undefined) : undefined
  }
}

const dispose = (): Promise<void> => (how === 'dispose' ? new Promise(() => undefined) : Promise.resolve())

@Module({ providers: [Store, { provide: 'pool', useFactory: () => 'a pool', dispose }] })
class App {}

const app = await bootstrap(App, { shutdownTimeout: '200ms' })
if (by === 'by hand') await app.stop().catch(() => console.log('stop() rejects'))
else console.log('up')
