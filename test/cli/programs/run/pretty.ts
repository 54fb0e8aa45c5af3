import { bootstrap, Service, ServiceContext } from 'keelson'

@Service()
class Feed {
  onReady({ log, stop }: ServiceContext): void {
    log.info('connected')
    void stop()
  }
}

await bootstrap(Feed, { logger: { format: 'pretty' }, runUntil: 'tasks-done' })
