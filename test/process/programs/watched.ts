// Ends while a thread watches its event loop that takes its time to end.
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { bootstrap, Service, Task } from 'keelson'

const { terminate } = Worker.prototype
Worker.prototype.terminate = async function (this: Worker): Promise<number> {
  const code = await terminate.call(this)
  await setTimeout(100)
  console.log('the thread has ended')
  return code
}
process.on('exit', () => console.log('exits'))

@Service()
class Report {
  @Task() async refresh(): Promise<void> {
    if (process.argv[2] === 'fails') throw new Error('out of paper')
  }
}

await bootstrap(Report, { blockingTimeout: '10s', runUntil: 'tasks-done' })
