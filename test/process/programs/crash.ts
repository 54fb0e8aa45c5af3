// Something goes wrong while it runs; the argument says what.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  bootstrap,
  ExitError,
  inject,
  Service,
  type ServiceContext,
  Task,
  type ApplicationOptions
} from 'keelson'

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
  async onStart({ signal }: ServiceContext): Promise<void> {
    if (what === 'main, during the start') await once(signal, 'abort')
  }
  @Task() async read({ draining }: ServiceContext): Promise<void> {
    await sleep(1)
    if (what === 'while draining') {
      console.log('reading')
      await once(draining, 'abort')
      throw new Error('page 7 is torn')
    }
    if (what === 'task') throw new Error('page 7 is torn')
    if (what === 'exit') throw new ExitError(3)
    if (what === 'exception') setTimeout(() => fail('page 7 is torn'), 1)
    if (what === 'forgotten') void sleep(1).then(() => fail('page 7 is torn'))
  }
}

function fail(message: string): never {
  throw new Error(message)
}

const transport = { target: 'pino/file', options: { destination: 1 } }
const logger = { silent: false, 'in a thread': { transport } }[process.argv[3] ?? ''] ?? {}
const starting = bootstrap([Reader], { logger } as ApplicationOptions)
if (what === 'main, during the start') fail('page 7 is torn')
const app = await starting
app
  .waitUntilStopped()
  .catch((error: unknown) => console.log('waitUntilStopped() rejects with', String(error)))
if (what === 'outside') void sleep(1).then(() => fail('page 7 is torn'))
if (what === 'main') fail('page 7 is torn')
