import { Service } from 'keelson'

console.log('read from .env: 3 variables')
process.on('exit', () => console.log('bye'))

@Service()
export class Feed {
  constructor() {
    console.log('constructed')
  }
}
