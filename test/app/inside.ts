import type { Application } from 'keelson'
import type { LiveApplication } from '../../src/app/index.js'

/** What an application is behind its public type, for what only the process room asks of it. */
export function inside(app: Application): LiveApplication {
  return app as LiveApplication
}
