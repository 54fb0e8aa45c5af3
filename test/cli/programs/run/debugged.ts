import { Service } from 'keelson'
import { url } from 'node:inspector'

@Service()
export class Main {
  onReady(): void {
    process.stdout.write(`debugged at ${url()}\n`)
  }
}
