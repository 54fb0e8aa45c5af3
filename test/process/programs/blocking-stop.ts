// Blocks the event loop in its stop until the file exists that the argument names.
import { existsSync } from 'node:fs'
import { bootstrap, Service } from 'keelson'

@Service()
class Report {
  onReady(): void {
    console.log('ready')
  }

  onStop(): void {
    const file = process.argv[2] ?? ''
    while (!existsSync(file)) JSON.parse('{"page":7}')
  }
}

await bootstrap(Report, { blockingTimeout: 100 })
