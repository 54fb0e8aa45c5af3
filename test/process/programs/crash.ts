// Something goes wrong while it runs; the argument says what.
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap, ExitError, inject, Service, Task } from 'keelson'

const what = process.argv[2]

@Service()
class Feed {
  onDrain(): void {
    console.log('Feed drains')
  }
  async onShutdown(): Promise<void> {
    await sleep(1)
    console.log('Feed ends')
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  @Task() async read(): Promise<void> {
    await sleep(1)
    if (what === 'task') throw new Error('page 7 is torn')
    if (what === 'exit') throw new ExitError(3)
    if (what === 'exception') setTimeout(() => fail('page 7 is torn'), 1)
    if (what === 'forgotten') void sleep(1).then(() => fail('page 7 is torn'))
  }
}

function fail(message: string): never {
  throw new Error(message)
}

const app = await bootstrap([Reader], { logger: process.argv[3] === 'silent' ? false : {} })
app
  .waitUntilStopped()
  .catch((error: unknown) => console.log('waitUntilStopped() rejects with', String(error)))
if (what === 'outside') void sleep(1).then(() => fail('page 7 is torn'))
