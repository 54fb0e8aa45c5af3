import type { Application, LiveApplication } from '../app/index.js'
import type { StartError } from '../errors/index.js'
import { toText } from '../graph/index.js'
import { isReadable, wantsColors } from '../logging/index.js'
import { formatDuration } from '../time/index.js'

/** A larger graph is no help to somebody who looks at a terminal: then the path to what failed is drawn alone. */
const MOST_DRAWN = 40

const FAILED = 'failed in'
const NEVER = 'never started'
/** It was on its way when something else failed. */
const GIVEN_UP = 'given up'
const RED = '31'
/** The nearest that 16 colours have is yellow. */
const ORANGE = { 256: '38;5;208', 16: '33' } as const

/** How many colours somebody who reads a stream is to see; 0: none. */
export type Colors = 0 | 16 | 256

/** What a stream can show, and the environment allows. */
export function colorsOf(stream: { hasColors?(count?: number): boolean }): Colors {
  if (!wantsColors(stream)) return 0
  return stream.hasColors?.(256) === false ? 16 : 256
}

/** How a start went, as a tree: what each service took; undefined when there is nothing to compare. */
export function startTree(app: Application): string | undefined {
  const { nodes } = app.graph
  return nodes.length < 2 || nodes.length > MOST_DRAWN ? undefined : draw(app, timesOf(app))
}

/** How a start failed, as a tree: what had started and how long that took, what failed, and what never started. */
export function failedStartTree(app: LiveApplication, error: StartError, colors: Colors): string | undefined {
  const graph = app.graph.toJSON()
  const names = new Set(graph.nodes.map(({ name }) => name))
  if (names.size < 2) return undefined
  // The culprit may be a child that is gone again: then it is shown where its owner stands.
  const culprit = error.path.findLast((name) => names.has(name))
  const states = timesOf(app)
  const begun = app.life.boot?.begun() ?? new Set<string>()
  for (const name of names) if (!states.has(name)) states.set(name, begun.has(name) ? GIVEN_UP : NEVER)
  if (culprit !== undefined) states.set(culprit, `${FAILED} ${error.phase}`)
  if (names.size <= MOST_DRAWN) return paint(draw(app, states), colors)
  const shown = new Set(error.path)
  const started = app.bootReport().services.length
  const more = `… of ${names.size} services, ${started} of which had started`
  return `${paint(
    draw(app, states, (name) => shown.has(name)),
    colors
  )}\n${more}`
}

function timesOf(app: Application): Map<string, string> {
  const { services } = app.bootReport()
  return new Map(services.map(({ name, startingMs }) => [name, formatDuration(startingMs)]))
}

function draw(
  app: Application,
  states: ReadonlyMap<string, string>,
  isShown: (name: string) => boolean = () => true
): string {
  const { nodes, edges } = app.graph.toJSON()
  const view = {
    nodes: nodes
      .filter(({ name }) => isShown(name))
      .map(({ name, kind }) => {
        const state = states.get(name)
        return { name, ...(kind === undefined ? {} : { kind }), ...(state === undefined ? {} : { state }) }
      }),
    edges: edges.filter(({ from, to }) => isShown(from) && isShown(to))
  }
  return toText(view).trimEnd()
}

function paint(tree: string, colors: Colors): string {
  if (colors === 0) return tree
  return tree
    .split('\n')
    .map((line) => {
      const [, strokes = '', node = '', state = ''] = /^([\s│├└─┄·]*)(.*?  )(\S.*)$/.exec(line) ?? []
      const color = state.startsWith(FAILED) ? RED : state.startsWith(NEVER) ? ORANGE[colors] : undefined
      return color === undefined ? line : `${strokes}\u001B[${color}m${node}${state}\u001B[0m`
    })
    .join('\n')
}

/** Where people read the log, it shows how the start went. */
export function logStartTree(app: Application): void {
  if (!isReadable(app.log)) return
  const tree = startTree(app)
  if (tree === undefined) return
  const [first, ...others] = app.graph.criticalPath()
  const chain = others.length === 0 ? 'for no chain' : `for ${first}, then ${others.join(', then ')}`
  app.log.info({ tree }, 'the start waited %s', chain)
}

/** Shows below the error of a failed start how far it came. */
export function printFailedStart(app: LiveApplication, error: StartError): void {
  const tree = failedStartTree(app, error, colorsOf(process.stderr))
  if (tree !== undefined) process.stderr.write(`\n${tree}\n`)
}
