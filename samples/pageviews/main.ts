import { bootstrap } from 'keelson'
import { AppModule } from './app.module.js'
import { readOptions, USAGE, UsageError, type Options } from './config/options.js'
import { HttpServer } from './http/http-server.js'

const options = optionsOrExit()
const app = await bootstrap(AppModule.with(options), {
  name: 'pageviews',
  runUntil: options.once ? 'tasks-done' : 'stopped'
})
console.log(`${app.graph.toText()}\nfigures at ${app.get(HttpServer).url}; Ctrl-C stops\n`)

function optionsOrExit(): Options {
  try {
    const given = readOptions(process.argv.slice(2), process.env)
    if (!given.help) return given
    console.log(USAGE)
    return process.exit(0)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`${error.message}\n\n${USAGE}`)
    return process.exit(64) // EX_USAGE of sysexits.h
  }
}
