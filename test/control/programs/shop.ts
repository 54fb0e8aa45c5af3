import 'reflect-metadata'
// Two services, one of which can end the process at once. The argument: options of bootstrap(), as JSON.
import {
  bootstrap,
  HealthCheck,
  inject,
  Service,
  Task,
  Timer,
  type ApplicationOptions,
  type ServiceContext
} from 'keelson'

@Service()
class Store {
  onStart({ setStatus }: ServiceContext): void {
    setStatus('3 connections')
  }
  @HealthCheck() ping(): void {}
}

@Service()
class Orders {
  readonly store = inject(Store)
  @Task() async work({ activity, stopRequested, log }: ServiceContext): Promise<void> {
    log.debug('details')
    await activity('reading', stopRequested)
  }
  @Timer('1h') poll({ log }: ServiceContext): void {
    log.info('polled')
  }
  @Timer('1h') leave(): void {
    process.exit(3)
  }
}

const options = JSON.parse(process.argv[2] ?? '{}') as ApplicationOptions
await bootstrap([Orders], { name: 'Shop', ...options })
console.log('up')
