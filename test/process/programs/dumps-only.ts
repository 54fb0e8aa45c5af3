// Leaves the process alone, but for the signal that shows what it does.
import { bootstrap, createApplication, Service, Task, type ServiceContext } from 'keelson'

@Service()
class Reader {
  @Task() async read({ stopRequested }: ServiceContext): Promise<void> {
    const busy = setInterval(() => undefined, 1000)
    await stopRequested()
    clearInterval(busy)
  }
}

if (process.argv[2] === 'bootstrap') await bootstrap(Reader, { signals: false, dumpSignal: 'SIGUSR2' })
else await (await createApplication(Reader, { dumpSignal: 'SIGUSR2' })).start()
console.log(`up; listeners for SIGTERM: ${process.listenerCount('SIGTERM')}`)
