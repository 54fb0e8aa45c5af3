import { bootstrap, Service, ServiceContext } from 'keelson'

@Service()
class Main {
  onReady({ stop }: ServiceContext): void {
    process.stdout.write(`arguments: ${process.argv.slice(2).join(' ')}\n`)
    void stop()
  }
}

await bootstrap(Main, { logger: false, runUntil: 'tasks-done' })
