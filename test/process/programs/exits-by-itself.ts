// Ends its process by itself, at the moment that its argument names.
import { bootstrap, inject, Service } from 'keelson'

const when = process.argv[2]

@Service()
class Feed {
  constructor() {
    if (when === 'before') process.exit()
  }
  onStop(): void {
    console.log('Feed ends')
  }
}

@Service()
class Reader {
  readonly feed = inject(Feed)
  onStop(): void {
    if (when === 'stopping') process.exit(0)
  }
}

const app = await bootstrap(Reader)
if (when === 'running') process.exit(3)
await app.stop()
process.exit(0)
