// Ends by itself; the argument says when. Something of it is still open then.
import { createServer } from 'node:net'
import { bootstrap, Service, Task, Timer, type ApplicationOptions, type ServiceContext } from 'keelson'

@Service()
class Import {
  readonly server = createServer()
  async onStart(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, resolve))
  }
  @Task() async first({ sleep }: ServiceContext): Promise<void> {
    if (await sleep(20)) console.log('first task done')
  }
  @Task() async second({ sleep }: ServiceContext): Promise<void> {
    if (await sleep(40)) console.log('second task done')
  }
  @Timer('1h') never(): void {}
  onShutdown(): void {
    console.log('Import ends')
  }
}

const transport = { target: 'pino/file', options: { destination: 1 } }
await bootstrap(Import, {
  runUntil: process.argv[2] as ApplicationOptions['runUntil'] & string,
  logger: process.argv[3] === 'in a thread' ? { transport } : {}
})
