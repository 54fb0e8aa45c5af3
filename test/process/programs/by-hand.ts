// Is stopped by its own code, which goes on afterwards.
import { bootstrap, type KeelsonError, Service } from 'keelson'

@Service()
class Idle {}

const app = await bootstrap(Idle)
console.log(`listeners while it runs: ${countListeners()}`)
await app.stop('enough')
console.log(`listeners for signals in that moment: ${countListeners().slice(0, 7)}`)
await app.start().catch((error: unknown) => console.log(`started again: ${(error as KeelsonError).code}`))
await app[Symbol.asyncDispose]()
setTimeout(() => console.log(`listeners after the stop: ${countListeners()}`), 20)

function countListeners(): string {
  const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'uncaughtException', 'unhandledRejection']
  return events.map((event) => process.listenerCount(event)).join(' ')
}
