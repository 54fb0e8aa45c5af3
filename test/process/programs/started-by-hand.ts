// An application of createApplication() that was given signals.
import { Service, Task, type ServiceContext } from 'keelson'
import { createApplication } from '../../../src/process/index.js'

@Service()
class Reader {
  @Task() async read({ stopRequested }: ServiceContext): Promise<void> {
    const busy = setInterval(() => undefined, 1000)
    await stopRequested()
    clearInterval(busy)
  }
  onShutdown(): void {
    console.log('Reader ends')
  }
}

const app = await createApplication(Reader, { signals: true })
console.log(`listeners before the start: ${process.listenerCount('SIGTERM')}`)
await app.start()
console.log('up')
await app.waitUntilStopped()
console.log(`listeners after the stop: ${process.listenerCount('SIGTERM')}`)
