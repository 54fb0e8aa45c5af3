import { Service } from 'keelson'

@Service()
export class Feed {
  onReady(): void {
    process.stdout.write('blocked\n')
    // not for ever, should nobody kill it
    while (performance.now() < 60_000);
  }
}
