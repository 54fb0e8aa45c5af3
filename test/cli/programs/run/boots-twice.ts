import { bootstrap, Module, Service } from 'keelson'

let applications = 0

@Service()
class Twice {
  async onReady(): Promise<void> {
    console.log('up')
    // both are there
    if (++applications === 2) process.kill(process.pid, 'SIGTERM')
    else void bootstrap(App, { logger: false })
  }
}

@Module({ providers: [Twice] })
export class App {}
