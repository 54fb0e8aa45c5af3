import { Service } from 'keelson'

console.log('read from .env: 3 variables')

@Service()
export class Feed {
  constructor() {
    console.log('constructed')
  }
}
