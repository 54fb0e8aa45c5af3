// Two applications in one process. The argument 'crash': the first one crashes.
import { bootstrap, createApplication, inject, Service, Task, type ServiceContext } from 'keelson'

@Service()
class First {
  @Task() async work({ stopRequested }: ServiceContext): Promise<void> {
    if (process.argv[2] === 'crash') throw new Error('the first one is broken')
    await stopRequested()
  }
  onShutdown(): void {
    console.log('First ends')
  }
}

@Service()
class Below {}

@Service()
class Second {
  readonly below = inject(Below)
  async onShutdown(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20))
    console.log('Second ends')
  }
}

await bootstrap(Second)
await bootstrap(First)
const third = await createApplication(Below)
await third.start()
console.log(`up, with ${process.listenerCount('SIGTERM')} listeners for SIGTERM`)
console.log(`and ${process.listenerCount('unhandledRejection')} for rejections`)
