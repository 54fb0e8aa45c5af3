import { bootstrap, inject, Service, Task, Timer, type ServiceContext } from 'keelson'
@Service()
class Feed { onStop() { console.log('feed stops') } }
@Service()
class Reader {
  private readonly feed = inject(Feed)
  async onStart({ setStatus }: ServiceContext) { setStatus('reading') }



}
await bootstrap([Reader])
console.log('up')
