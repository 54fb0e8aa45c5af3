import { bootstrap, inject, Service } from 'keelson'

@Service()
export class Feed {}

@Service()
export class Reader {
  readonly feed = inject(Feed)
}

await bootstrap(Reader, { name: 'pages' })
