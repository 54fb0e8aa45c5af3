import { bootstrap, inject, Service, Task, Timer, type ServiceContext } from 'keelson'
@Service()
class Feed { onStop() { console.log('feed stops') } }
@Service()
class Reader {
  private readonly feed = inject(Feed)
  async onStart({ setStatus }: ServiceContext) { setStatus('reading') }
  @Task() async read({ stopRequested }: ServiceContext) { await stopRequested() }
  @Timer('1s') tick() {}
  async onStop() { await new Promise(r => setTimeout(r, 100)); }
}
await bootstrap([Reader])
console.log('up')
