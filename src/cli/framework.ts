import type * as App from '../app/index.js'
import type * as Graph from '../graph/index.js'
import type * as Logging from '../logging/index.js'
import type * as Process from '../process/index.js'

/** The rooms that make up the framework. */
export type Framework = Pick<typeof App, 'rootKind'> &
  Pick<typeof Graph, 'createServiceGraph'> &
  Pick<typeof Process, 'bootstrap' | 'ownBuilder' | 'setLaunch'> &
  Pick<typeof Logging, 'isOwnLogger' | 'redirected'>

/** Loads the framework. It takes longer than all else that a command does, so whoever needs it waits for it. */
export async function loadFramework(): Promise<Framework> {
  await import('reflect-metadata')
  const [app, graph, own, logging] = await Promise.all([
    import('../app/index.js'),
    import('../graph/index.js'),
    import('../process/index.js'),
    import('../logging/index.js')
  ])
  return { ...app, ...graph, ...own, ...logging }
}
