// Exports what it boots later, in a function that nobody awaits.
import { setTimeout as passed } from 'node:timers/promises'
import { Application, bootstrap, inject, Module, Service, ServiceContext } from 'keelson'

@Service()
class Feed {
  private readonly app = inject(Application)

  onReady({ stop }: ServiceContext): void {
    process.stdout.write(`booted as ${this.app.name}\n`)
    void stop()
    // by then nothing else boots
    if (this.app.name === 'App') process.exit()
  }
}

@Module({ providers: [Feed] })
export class App {}

async function main(): Promise<void> {
  await passed(30)
  await bootstrap(App, { name: 'Late', logger: false, runUntil: 'tasks-done' })
}

void main()
