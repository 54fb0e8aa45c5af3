import { ServiceBase, Task } from 'keelson'

/** A service by inheritance: it can do the same, and lives without an application. */
class Mixer extends ServiceBase {
  #kilos = 0

  constructor(private readonly dough: string) {
    super()
  }

  onStart(): void {
    this.log.info('mixing %s dough', this.dough)
  }

  @Task()
  async mix(): Promise<void> {
    while (this.#kilos < 3 && (await this.sleep('20ms'))) this.#kilos += 1
    await this.context.stop('the bowl is full')
  }

  onShutdown(): void {
    this.log.info('%d kilos of %s dough', this.#kilos, this.dough)
  }
}

// `await using` stops it at the end of the block, however the block ends.
{
  await using mixer = new Mixer('rye')
  await mixer.start()
  console.log(`${mixer.name} is ${mixer.state}`)
  await mixer.waitUntilStopped()
  console.log(`${mixer.name} is ${mixer.state}`)
}

// A service of one piece of work, and what becomes of it when that throws.
const delivery = ServiceBase.from(() => Promise.reject(new Error('flat tyre')), { name: 'Delivery' })
await delivery.start()
await delivery.waitUntilStopped().catch((reason: Error) => console.log(`Delivery crashed: ${reason.message}`))
