// Two applications in one process. The argument 'crash': the first one crashes.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { bootstrap, createApplication, inject, Service, Task, type ServiceContext } from 'keelson'

/** Aborts when the first one has ended. */
const firstEnds = new AbortController()

@Service()
class First {
  @Task() async work({ stopRequested }: ServiceContext): Promise<void> {
    if (process.argv[2] === 'crash') throw new Error('the first one is broken')
    await stopRequested()
  }
  onShutdown(): void {
    console.log('First ends')
    firstEnds.abort()
  }
}

@Service()
class Below {}

@Service()
class Second {
  readonly below = inject(Below)
  async onShutdown(): Promise<void> {
    if (!firstEnds.signal.aborted) await once(firstEnds.signal, 'abort')
    // the first one looks for what is open meanwhile
    await setTimeout(200)
    console.log('Second ends')
  }
}

await bootstrap(Second)
await bootstrap(First)
const third = await createApplication(Below)
await third.start()
console.log(`up, with ${process.listenerCount('SIGTERM')} listeners for SIGTERM`)
console.log(`and ${process.listenerCount('unhandledRejection')} for rejections`)
