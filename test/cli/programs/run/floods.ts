import { once } from 'node:events'
import { Service } from 'keelson'

if (!process.stdout.write('.'.repeat(1_000_000))) await once(process.stdout, 'drain')

@Service()
export class Feed {}
