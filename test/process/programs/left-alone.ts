// `signals: false`: the process is not the application's business.
import { bootstrap, Service, Task, type ServiceContext } from 'keelson'

@Service()
class Broken {
  onStart(): void {
    if (process.argv[2] === 'start') throw new Error('connection refused')
  }
  @Task() async work({ sleep }: ServiceContext): Promise<void> {
    await sleep(1)
    throw new Error('page 7 is torn')
  }
}

try {
  const app = await bootstrap(Broken, { signals: false })
  console.log(`listeners: ${process.listenerCount('SIGTERM') + process.listenerCount('unhandledRejection')}`)
  await app.waitUntilStopped()
} catch (error) {
  console.log('rejects with', String(error).split('\n')[0])
}
setTimeout(() => console.log(`goes on, exit code ${process.exitCode ?? 'untouched'}`), 1)
