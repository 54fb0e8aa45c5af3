/**
 * The process that an application owns: signals, exit codes, what nobody caught, dumps, the blocked event loop. It
 * refuses to know how services start and stop; it only starts, stops and watches the application. Start reading at
 * `bootstrap.ts`, then `process-owner.ts`.
 */
export { bootstrap } from './bootstrap.js'
export { createApplication } from './create-application.js'
export { type Builder, type Launch, ownBuilder, setLaunch } from './launch.js'
export { validate } from './validate.js'
