/**
 * The process that an application owns: signals, exit codes, what nobody caught. It refuses to know services; it
 * only starts, stops and watches the application. Start reading at `bootstrap.ts`.
 */
export { bootstrap } from './bootstrap.js'
