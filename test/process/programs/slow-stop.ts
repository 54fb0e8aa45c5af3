// Its stop takes until a second signal can no longer be taken for the first.
import { bootstrap, Service } from 'keelson'

@Service()
class Slow {
  async onShutdown(): Promise<void> {
    console.log('ends slowly')
    await new Promise((resolve) => setTimeout(resolve, 250))
    console.log('a quarter of a second later')
    if (process.argv[2] === 'for ever') await new Promise(() => undefined)
  }
}

await bootstrap(Slow)
console.log('up')
