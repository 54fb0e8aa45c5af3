import { bootstrap, Service } from 'keelson'

@Service()
class Feed {}

// what the main module throws is no rejection of which Node tells
process.on('unhandledRejection', () => console.log('told'))
const app = await bootstrap(Feed, { logger: false, signals: false })
await app.stop()
throw new Error('seeding failed')
