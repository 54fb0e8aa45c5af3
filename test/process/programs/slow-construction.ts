// A factory whose promise settles with the signal that is to stop the program, or never, or has forgotten another.
import { bootstrap, Module, Service } from 'keelson'

const how = process.argv[2]

@Service({ inject: ['pool'] })
class Store {
  constructor(readonly pool: unknown) {}
  onStart(): void {
    console.log('never: it is to stop')
  }
}

const pool = new Promise<string>((resolve) => {
  if (how === undefined) process.once('SIGTERM', () => resolve('a pool'))
})

@Module({
  providers: [
    Store,
    {
      provide: 'pool',
      useFactory: () => {
        console.log('connects')
        if (how === 'forgotten') void Promise.reject(new Error('connection refused'))
        return pool
      },
      dispose: () => console.log('disconnects')
    }
  ]
})
class App {}

await bootstrap(App, { shutdownTimeout: how === 'for ever' ? '50ms' : '10s' })
console.log('never: bootstrap() does not settle')
