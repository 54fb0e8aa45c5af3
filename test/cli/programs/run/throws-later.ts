import { bootstrap, Service } from 'keelson'

@Service()
class Feed {
  onShutdown(): void {
    console.log('shut down in order')
  }
}

await bootstrap(Feed, { logger: false })
throw new Error('seeding failed')
