// A rejection that a supervised service forgot to handle; it comes from far below the service's task.
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap, Service, Task, type ServiceContext } from 'keelson'

@Service()
class Reader {
  runs = 0
  @Task() async read({ stopRequested, signal }: ServiceContext): Promise<void> {
    console.log(`run ${++this.runs}`)
    if (this.runs === 1) void readPages([1, 2, 3])
    // Forgotten as well, and rejects when the service is to end.
    void sleep(60_000, undefined, { signal })
    await stopRequested()
  }
}

@Service()
class Bystander {
  onStop(): void {
    console.log('Bystander stops')
  }
}

async function readPages(pages: number[]): Promise<void> {
  for (const page of pages) {
    await Promise.resolve(page)
    await sleep(1)
  }
  throw new Error('page 7 is torn')
}

await bootstrap([Reader, Bystander], { supervisor: { backoff: false } })
