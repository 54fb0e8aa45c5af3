import { bootstrap } from 'keelson'
import { BakeryModule } from './stock.js'

await bootstrap(BakeryModule, { runUntil: 'started' })
