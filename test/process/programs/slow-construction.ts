// A factory whose promise settles with the signal that is to stop the program, or never.
import { bootstrap, Module, Service } from 'keelson'

const forEver = process.argv[2] === 'for ever'

@Service({ inject: ['pool'] })
class Store {
  constructor(readonly pool: unknown) {}
  onStart(): void {
    console.log('never: it is to stop')
  }
}

const pool = new Promise<string>((resolve) => {
  if (!forEver) process.once('SIGTERM', () => resolve('a pool'))
})

@Module({
  providers: [
    Store,
    {
      provide: 'pool',
      useFactory: () => {
        console.log('connects')
        return pool
      },
      dispose: () => console.log('disconnects')
    }
  ]
})
class App {}

await bootstrap(App, { shutdownTimeout: forEver ? '50ms' : '10s' })
console.log('never: bootstrap() does not settle')
