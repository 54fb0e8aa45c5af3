// Two things end it: which, the argument says.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap, ExitError, Service, Task } from 'keelson'

const what = process.argv[2]

@Service()
class Store {
  async onStop(): Promise<void> {
    console.log('Store stops')
    if (what === 'a roll-back' || what === 'a crash') await once(process, 'SIGTERM')
    if (what?.endsWith('that fails')) throw new Error('the disk is full')
  }
}

@Service({ inject: [Store] })
class Reader {
  constructor(readonly store: Store) {}
  onStart(): void {
    if (what === 'a roll-back') throw new Error('page 7 is torn')
  }
  @Task() async read(): Promise<void> {
    await sleep(1)
    if (what === 'exit 0 and a stop that fails') throw new ExitError(0)
    if (what === 'exit 3 and a stop that fails') throw new ExitError(3)
    throw new Error('page 7 is torn')
  }
}

await bootstrap(Reader)
