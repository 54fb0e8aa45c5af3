// Does not come to run; the argument says why.
import { bootstrap, ExitError, inject, Service, Task } from 'keelson'

const why = process.argv[2]

@Service()
class Feed {
  onShutdown(): void {
    console.log('Feed ends')
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  constructor() {
    if (why === 'exit-constructor') throw new ExitError(3, { message: 'there is nothing to do' })
  }

  async onStart(): Promise<void> {
    if (why === 'forgotten') {
      void Promise.reject(new Error('connection refused'))
      await new Promise(() => undefined)
    }
    if (why === 'exception') {
      setTimeout(() => fail('connection refused'), 1)
      await new Promise(() => undefined)
    }
    if (why === 'hook') throw new Error('connection refused')
    if (why === 'exit') throw new ExitError(3, { message: 'there is nothing to do' })
  }

  @Task() async read(): Promise<void> {
    if (why === 'exit-task') throw new ExitError(3, { message: 'there is nothing to do' })
  }
}

function fail(message: string): never {
  throw new Error(message)
}

@Service({ inject: ['nowhere'] })
class Lost {
  constructor(readonly what: unknown) {}
}

const options = {
  ...(why === 'option' && { signals: ['SIGKILL' as const] }),
  ...(process.argv[3] === 'silent' && { logger: false as const })
}
const limits = { shutdownTimeout: 100 }
await bootstrap(why === 'wiring' ? Lost : Reader, { ...limits, ...options })
console.log('never: bootstrap() does not settle')
