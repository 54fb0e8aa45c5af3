// Two services, one of which needs the other. The argument: options of bootstrap(), as JSON.
import { bootstrap, inject, Service, Task, type ApplicationOptions, type ServiceContext } from 'keelson'

@Service()
class Feed {
  onDrain(): void {
    console.log('Feed drains')
  }
  onShutdown(): void {
    console.log('Feed ends')
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  @Task() async read({ setStatus, activity, stopRequested }: ServiceContext): Promise<void> {
    setStatus('reads page 7')
    await activity('reading', stopRequested)
  }
  onDrain(): void {
    console.log('Reader drains')
  }
  onShutdown(): void {
    console.log('Reader ends')
  }
}

await bootstrap([Reader], JSON.parse(process.argv[2] ?? '{}') as ApplicationOptions)
console.log('up')
