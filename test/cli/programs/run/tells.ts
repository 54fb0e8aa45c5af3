import { Service } from 'keelson'

@Service()
export class Main {
  onReady(): void {
    process.send?.(null)
    process.send?.('ready')
  }
}
