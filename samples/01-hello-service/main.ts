import { bootstrap, Service, ServiceContext } from 'keelson'

/** The till of a bakery: filled before the shop opens, counted after it has closed. */
@Service()
class Till {
  #cash = 0

  onStart({ log }: ServiceContext): void {
    this.#cash = 150
    log.info('open, with %d in change', this.#cash)
  }

  onShutdown({ log }: ServiceContext): void {
    log.info('closed, with %d', this.#cash)
  }
}

// Without runUntil it runs until Ctrl-C. Here it stops as soon as it has started.
await bootstrap(Till, { runUntil: 'started' })
