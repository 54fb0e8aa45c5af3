import { type ApplicationOptions, bootstrap, Service } from 'keelson'

@Service()
class Feed {}

const configured = async (): Promise<ApplicationOptions> => ({ runUntil: 'started' })

// an await is missing
await bootstrap(Feed, configured() as never)
