/** What the worker is given. */
export interface BlockingWorkerData {
  /** `[0]`: grows while the loop turns. `[1]`: 1 while somebody may be debugging. */
  readonly shared: Int32Array
  /** How often it looks, in milliseconds. */
  readonly period: number
  /** How long the loop may be blocked, in milliseconds. */
  readonly timeout: number
  /** The same, for people. */
  readonly limit: string
}

/** What the worker posts once the loop turns again. */
export interface BlockingReport {
  /** Lines of a stack trace, innermost call first; empty when it could not be had. */
  readonly frames: readonly string[]
}

/**
 * The program of the thread that watches the event loop, in plain JavaScript.
 *
 * A text, and not a file of its own: a worker must be started from something that is there whether Keelson runs as
 * `dist/`, straight from TypeScript, or inside somebody's bundle.
 */
export const BLOCKING_WORKER = String.raw`
'use strict'
const { writeSync, readFileSync } = require('node:fs')
const { SourceMap } = require('node:module')
const { fileURLToPath } = require('node:url')
const { parentPort, workerData } = require('node:worker_threads')
const { shared, period, timeout, limit } = workerData
const MOST_FRAMES = 20
// How long the inspector may take to find the blocking code, in milliseconds.
const PATIENCE = 1000

let beat = -1
let silentTicks = 0
let block

// Own ticks are counted, not time: when the whole process stood still, as under SIGSTOP, nothing was blocked.
setInterval(() => {
  const now = Atomics.load(shared, 0)
  if (now !== beat) {
    beat = now
    silentTicks = 0
    if (block !== undefined) {
      block.end()
      block = undefined
    }
    return
  }
  silentTicks++
  if (block !== undefined) block.tick()
  // For up to one period the loop had nothing to show yet.
  else if (silentTicks * period >= timeout + period && Atomics.load(shared, 1) === 0) block = new Block()
}, period)

class Block {
  #session
  #scripts = new Map()
  #frames = []
  #ticks = 0

  constructor() {
    try {
      // Only now: attached all the time, it would slow the program down.
      const { Session } = require('node:inspector')
      const session = new Session()
      session.connectToMainThread()
      this.#session = session
      session.on('Debugger.scriptParsed', ({ params }) => this.#scripts.set(params.scriptId, params))
      session.on('Debugger.paused', ({ params }) => this.#paused(params.callFrames))
      session.post('Debugger.enable')
      session.post('Debugger.pause')
    } catch {
      this.#tell('.')
    }
  }

  #paused(callFrames) {
    const session = this.#session
    if (session === undefined) return
    // First of all, and whatever comes after: the program goes on.
    session.post('Debugger.resume')
    if (this.#frames.length > 0 || Atomics.load(shared, 0) !== beat) return
    const frames = callFrames.map((frame) => this.#describe(frame))
    const first = frames.findIndex((frame) => !frame.includes('node:internal/'))
    this.#frames = frames.slice(Math.max(first, 0)).slice(0, MOST_FRAMES)
    this.#detach()
    this.#tell(' by\n' + this.#frames.join('\n'))
  }

  /** It still blocks. Code outside of JavaScript cannot be paused: there is no stack before it returns. */
  tick() {
    if (++this.#ticks !== Math.ceil(PATIENCE / period) || this.#session === undefined) return
    this.#tell(', it seems by code outside of JavaScript, such as a synchronous system call.')
  }

  end() {
    this.#detach()
    parentPort.postMessage({ frames: this.#frames })
  }

  #detach() {
    try {
      this.#session?.disconnect()
    } catch {}
    this.#session = undefined
  }

  #tell(text) {
    try {
      writeSync(2, 'the event loop has been blocked for more than ' + limit + text + '\n')
    } catch {}
  }

  #describe({ functionName, location: { scriptId, lineNumber, columnNumber = 0 } }) {
    const script = this.#scripts.get(scriptId)
    let place = { url: script?.url || '<anonymous>', line: lineNumber, column: columnNumber }
    try {
      place = original(script, place) ?? place
    } catch {}
    const file = place.url.startsWith('file:') ? fileURLToPath(place.url) : place.url
    const at = file + ':' + (place.line + 1) + ':' + (place.column + 1)
    return '    at ' + (functionName === '' ? at : functionName + ' (' + at + ')')
  }
}

/** Where the author wrote it, if the script says where its source map is. */
function original(script, { line, column }) {
  const { url, sourceMapURL } = script
  if (!sourceMapURL) return undefined
  const from = new URL(sourceMapURL, url)
  const [, encoding, data] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(from.href) ?? []
  const text =
    data === undefined
      ? readFileSync(from, 'utf8')
      : encoding === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString()
  const entry = new SourceMap(JSON.parse(text)).findEntry(line, column)
  if (entry.originalSource === undefined) return undefined
  const base = from.protocol === 'data:' ? url : from
  return { url: new URL(entry.originalSource, base).href, line: entry.originalLine, column: entry.originalColumn }
}
`
