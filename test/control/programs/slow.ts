import 'reflect-metadata'
// A service whose start ends only when it is given up.
import { bootstrap, Service, type ServiceContext } from 'keelson'

@Service()
class Slow {
  async onStart({ stopRequested }: ServiceContext): Promise<void> {
    console.log('connecting')
    await stopRequested()
  }
}

await bootstrap(Slow)
