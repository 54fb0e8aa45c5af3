import { bootstrap, inject, Module, Service, ServiceContext, Task } from 'keelson'

/** No module lists it, so it is there for everybody, and no supervisor answers for it. */
@Service()
class Orders {
  readonly open = ['rye', 'wheat', 'spelt', 'barley']
}

/** Bakes what is ordered; the wheat bread burns twice. */
@Service()
class Baker {
  readonly #orders = inject(Orders)
  #burnt = 0

  @Task()
  async bake({ log, sleep }: ServiceContext): Promise<void> {
    for (let bread = this.#orders.open[0]; bread !== undefined; bread = this.#orders.open[0]) {
      if (!(await sleep('20ms'))) return
      if (bread === 'wheat' && this.#burnt < 2) {
        this.#burnt += 1
        throw new Error(`the ${bread} bread burnt`)
      }
      log.info('%s bread is done', bread)
      this.#orders.open.shift()
    }
  }

  /** The same instance runs again, so that it knows what went before. */
  onRestart({ log }: ServiceContext): void {
    log.info('cleaned the oven')
  }
}

@Module({
  providers: [Baker],
  supervisor: { maxRestarts: 3, within: '10s', backoff: { initial: '50ms', jitter: 0 } }
})
class BakersModule {}

const app = await bootstrap(BakersModule, { runUntil: 'tasks-done' })
await app.waitUntilStopped()
console.log(`restarted ${app.service(Baker).restartCount} times`)
