/** What commands need of the framework. They import it when they run, since it takes longer than all else they do. */
import 'reflect-metadata'

export { rootKind } from '../app/index.js'
export { createServiceGraph } from '../graph/index.js'
export { isOwnLogger, redirected } from '../logging/index.js'
export { bootstrap, ownBuilder, setLaunch } from '../process/index.js'
export { whileItTakesLong } from '../waits/index.js'
