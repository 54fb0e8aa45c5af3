import { bootstrap, Service, Timer, type ServiceContext } from 'keelson'

/** Goes on printing, on both streams, whoever reads it. */
@Service()
class Chatty {
  @Timer('5ms')
  speak({ log }: ServiceContext): void {
    process.stdout.write('tick\n')
    process.stderr.write('tock\n')
    log.info('spoken')
  }

  onStop(): void {
    process.stdout.write('stopping\n')
  }
}

await bootstrap(Chatty)
