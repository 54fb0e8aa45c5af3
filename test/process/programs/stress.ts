// Three services with work, to be stopped at any moment. The file that the argument names gets a line for each thing
// taken in hand, and one for each thing put away again, at once.
import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { bootstrap, inject, Service, Task, Timer, type ServiceContext } from 'keelson'

const [, , journal = ''] = process.argv
const note = (line: string): void => appendFileSync(journal, `${line}\n`)

class Held {
  async onStart({ defer }: ServiceContext): Promise<void> {
    note(`+${this.constructor.name}`)
    defer(() => note(`-${this.constructor.name}`))
    await pause(Math.random() * 20)
  }
}

@Service()
class Database extends Held {}

@Service()
class Feed extends Held {
  readonly database = inject(Database)
  @Task() async read({ sleep, addTask }: ServiceContext): Promise<void> {
    while (await sleep(2)) {
      note('+page')
      void addTask(async () => {
        await pause(3)
        note('-page')
      })
    }
  }
}

@Service()
class Api extends Held {
  readonly feed = inject(Feed)
  @Timer(3) beat(): void {}
  async onReady(): Promise<void> {
    await pause(5)
  }
  async onDrain(): Promise<void> {
    await pause(2)
  }
}

const started = bootstrap([Api], { logger: { level: 'warn' } })
console.log('begun')
await started
console.log('up')
