// One service has started, the other waits for something that does not come.
import { bootstrap, inject, Service, type ServiceContext } from 'keelson'

@Service()
class Feed {
  onShutdown(): void {
    console.log('Feed ends')
    if (process.argv[2] === 'badly') throw new Error('the disk is full')
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  async onStart({ stopRequested }: ServiceContext): Promise<void> {
    console.log('Reader begins')
    await stopRequested()
    console.log('Reader gives up')
  }
  onStop(): void {
    console.log('Reader stops')
  }
}

await bootstrap(Reader)
console.log('never: bootstrap() does not settle')
