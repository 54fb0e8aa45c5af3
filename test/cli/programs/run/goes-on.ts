import { bootstrap, Service, ServiceContext, Task } from 'keelson'

const stream = process.argv[2] === 'stderr' ? process.stderr : process.stdout
// that nobody reads it is no matter to this program
if (stream === process.stdout) stream.on('error', () => {})

/** Goes on printing, whoever reads it, until that has failed several times. */
@Service()
class Chatty {
  @Task()
  async speak({ sleep }: ServiceContext): Promise<void> {
    const failures: Error[] = []
    while (failures.length < 3 && (await sleep('5ms')))
      stream.write('tick\n', (error) => {
        if (error) failures.push(error)
      })
  }
}

await bootstrap(Chatty, { logger: false, runUntil: 'tasks-done' })
