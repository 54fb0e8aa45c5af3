import 'reflect-metadata'
// An application that does not own its process, and is never stopped: nothing keeps the process.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bootstrap, Service } from 'keelson'

@Service()
class Idle {}

await bootstrap(Idle, { signals: false, logger: false })
const sockets = readdirSync(join(process.env['XDG_RUNTIME_DIR'] ?? '', 'keelson'))
console.log(`the socket is there: ${sockets.length === 1}`)
