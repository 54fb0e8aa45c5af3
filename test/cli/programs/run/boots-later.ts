// Boots in a function that nobody awaits, and not before something else is there.
import { setTimeout as passed } from 'node:timers/promises'
import { bootstrap, Service, ServiceContext } from 'keelson'

@Service()
class Late {
  onReady({ stop }: ServiceContext): void {
    process.stdout.write('booted\n')
    void stop()
  }
}

async function main(): Promise<void> {
  await passed(30)
  await bootstrap(Late, { logger: false, runUntil: 'tasks-done' })
}

void main()
