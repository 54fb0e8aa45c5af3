// Leaves work to the signal of a call that is over; nobody waits for it.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap, Service, type ServiceContext, Task, Timer } from 'keelson'

@Service()
class Reader {
  #ticks = 0
  @Task() async read({ signal }: ServiceContext): Promise<void> {
    void fetchPage(signal)
  }
  @Task() async unzip({ signal }: ServiceContext): Promise<void> {
    spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { signal })
  }
  @Timer(1) async look({ signal }: ServiceContext): Promise<void> {
    if (this.#ticks++ === 0) void sleep(60_000, undefined, { signal })
    if (this.#ticks === 10) console.log('looked ten times')
  }
}

/** It rejects with what the signal gives as its reason, as `fetch` does. */
function fetchPage(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

await bootstrap(Reader)
