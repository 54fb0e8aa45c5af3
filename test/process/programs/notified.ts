// Runs until a signal comes; one of its services is restarted once meanwhile.
import { bootstrap, inject, Service, Task, type ServiceContext } from 'keelson'

@Service()
class Feed {
  runs = 0
  @Task() async read({ stopRequested }: ServiceContext): Promise<void> {
    if (++this.runs === 1) throw new Error('connection refused')
    await stopRequested()
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
}

await bootstrap([Reader], { supervisor: { backoff: { initial: '1s', jitter: 0 } } })
console.log('up')
