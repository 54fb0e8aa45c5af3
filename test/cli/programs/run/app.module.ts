import { Module, Service, ServiceContext, Task } from 'keelson'

@Service()
class Feed {
  onStart({ log }: ServiceContext): void {
    log.debug('details')
    log.info('connected')
  }

  async onShutdown({ log, sleep }: ServiceContext): Promise<void> {
    await sleep('50ms')
    log.info('saved')
  }
}

@Service()
class Reader {
  constructor(readonly feed: Feed) {}

  @Task()
  async read({ signal, sleep }: ServiceContext): Promise<void> {
    if (process.env['CRASH'] !== undefined) {
      await sleep('10ms')
      throw new Error('no more lines')
    }
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
}

@Module({ providers: [Reader, Feed] })
export class AppModule {}
