// Its stop takes until a second signal can no longer be taken for the first.
import { bootstrap, Service, type ServiceContext } from 'keelson'
import { pino } from 'pino'

const [, , end, how] = process.argv
const transport = { target: 'pino/file', options: { destination: 1 } }
const logger =
  how === 'later'
    ? pino(pino.destination({ fd: 1, sync: false, minLength: 8192 }))
    : how === 'in a thread'
      ? { transport }
      : {}

@Service()
class Slow {
  async onShutdown({ log }: ServiceContext): Promise<void> {
    console.log('ends slowly')
    await new Promise((resolve) => setTimeout(resolve, 250))
    log.info('last words')
    console.log('a quarter of a second later')
    if (end === 'for ever') await new Promise(() => undefined)
  }
}

await bootstrap(Slow, { logger })
console.log('up')
