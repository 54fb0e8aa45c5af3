// Is asked to stop while it is constructed: what is under way then settles in one way or another, or never does.
import { bootstrap, Module, Service, type DynamicModule } from 'keelson'

const [, , how = 'settles', of = 'a factory', shutdownTimeout] = process.argv

/** Settles with the signal. */
const pool = new Promise<string>((resolve, reject) => {
  process.once('SIGTERM', () => {
    if (how === 'fails') reject(new Error('connection refused'))
    else if (how === 'aborts') reject(new DOMException('connecting was cut short', 'AbortError'))
    else if (how !== 'hangs') resolve('a pool')
    if (shutdownTimeout === undefined) setTimeout(() => console.log('a quarter of a second later'), 250)
  })
})

@Service({ inject: ['mailer'] })
class Store {
  constructor(readonly mailer: unknown) {
    console.log('never: a constructor')
  }
}

@Module({
  providers: [
    { provide: 'cache', useFactory: () => 'a cache', dispose: () => console.log('disposes the cache') },
    {
      provide: 'pool',
      useFactory: () => {
        console.log('connects')
        return pool
      },
      inject: ['cache']
    },
    { provide: 'mailer', useFactory: () => console.log('never: a factory'), inject: ['pool'] },
    Store
  ]
})
class App {}

@Module({})
class Remote {}

const promised = async (): Promise<DynamicModule> => {
  console.log('fetches')
  await pool
  return { module: Remote }
}
const never = (): DynamicModule => {
  console.log('never: a module')
  return { module: Remote }
}

@Module({ imports: [promised, never, App] as never })
class Modular {}

await bootstrap(of === 'a module' ? Modular : App, { shutdownTimeout: shutdownTimeout ?? '10s' })
console.log('never: bootstrap() does not settle')
