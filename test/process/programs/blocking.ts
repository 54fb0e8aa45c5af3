// Blocks the event loop until the file exists that the argument names.
import { existsSync } from 'node:fs'
import { bootstrap, Service, Task } from 'keelson'

@Service()
class Report {
  @Task() async refresh(): Promise<void> {
    await Promise.resolve()
    parseUntil(process.argv[2] ?? '')
  }
}

function parseUntil(file: string): void {
  while (!existsSync(file)) JSON.parse('{"page":7}')
}

await bootstrap(Report, { blockingTimeout: 100 })
