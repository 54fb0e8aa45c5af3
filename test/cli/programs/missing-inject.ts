import { inject, Service } from 'keelson'

@Service()
export class Reader {
  readonly url = inject('URL')
}
