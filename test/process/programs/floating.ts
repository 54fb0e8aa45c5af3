// A rejection that nobody awaits, where the argument says; the program ends in the same turn.
import { setImmediate as turn } from 'node:timers/promises'
import { bootstrap, Service, Task, type ApplicationOptions } from 'keelson'

const [where, runUntil = 'tasks-done', level = 'info'] = process.argv.slice(2)

async function fail(): Promise<void> {
  throw new Error('not saved')
}

/** As a program that has forgotten an `await` does. */
function forget(place: string): void {
  if (where === place) void fail()
}

@Service()
class Job {
  onReady(): void {
    forget('onReady')
  }
  @Task() async run(): Promise<void> {
    forget('task')
  }
  onDrain(): void {
    forget('onDrain')
  }
  onStop(): void {
    forget('onStop')
    if (where === 'timer') {
      setImmediate(() => {
        throw new Error('not saved')
      })
    }
  }
  onShutdown(): void {
    forget('onShutdown')
  }
}

const app = await bootstrap(Job, {
  runUntil: runUntil as ApplicationOptions['runUntil'] & string,
  logger: { level }
})
if (runUntil === 'stopped') {
  await app.stop()
  console.log('stopped')
  await turn()
  await turn()
  console.log('the program goes on')
}
