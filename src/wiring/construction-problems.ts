import { type ProblemsError, show } from '../errors/index.js'
import { captiveProblem, cycleProblem, dependencyOn } from './check.js'
import { wiringError } from './construction-errors.js'
import type { CycleStep } from './explain-cycle.js'
import { explainFailure, type Surroundings } from './explain-failure.js'
import { Failure } from './failure.js'
import type { Frame } from './frame.js'
import type { Overlay } from './overlay.js'
import type { LinkedDependency, ProviderNode } from './provider-node.js'
import { toProblem } from './to-problem.js'
import { asker, capital, clause } from './words.js'
import { type Token, tokenName } from '../tokens/index.js'

/** Something needs itself: from the frame in which it is being made, by way of the later ones, back to it. */
export function cycleError(frames: readonly Frame[], node: ProviderNode): ProblemsError {
  const from = frames.findIndex((frame) => frame.node === node)
  const cycle = frames.slice(from)
  const steps: CycleStep[] = []
  for (const [index, frame] of cycle.entries()) {
    const next = cycle[index + 1]?.node ?? node
    steps.push({ node: frame.node, dependency: frame.injecting ?? stepTo(next, frame) })
  }
  return wiringError([cycleProblem(steps)])
}

/** The dependency by which one frame has led to the next: declared, provided by its scope, else lazy and used at once. */
function stepTo(next: ProviderNode, { node, overlay }: Frame): LinkedDependency {
  const stated =
    dependencyOn(node, next) ??
    node.dependencies().find(({ request, token }) => !request.lazy && isProvidedBy(overlay, token, next))
  if (stated !== undefined) return stated
  const request = { token: next.label, optional: false, all: false, lazy: true }
  return {
    request,
    kind: 'lazy',
    at: 'inject',
    token: next.label,
    targets: [next],
    failure: undefined,
    transform: undefined
  }
}

function isProvidedBy(overlay: Overlay | undefined, token: Token, node: ProviderNode): boolean {
  return overlay?.providers.get(token)?.includes(node) === true
}

/** Something scoped was asked for by what lives outside of scopes, or by nobody. */
export function outsideScope(frames: readonly Frame[], node: ProviderNode): ProblemsError {
  const from = frames.findLastIndex((frame) => frame.node.isShared)
  const way = frames.slice(Math.max(from, 0)).map((frame) => frame.node)
  if (way.length > 0)
    return wiringError([
      captiveProblem(
        [...way, node],
        way.map((each) => each.label)
      )
    ])
  const fault = {
    code: 'KEEL_CAPTIVE_DEPENDENCY',
    message: `${node.label} lives as long as a scope, and was asked for outside of every scope`,
    hint: `Get it from a scope: app.createScope().get(${node.label}).`
  } as const
  return wiringError([toProblem(fault, { path: [node.label], location: node.location })])
}

/** `inject()` was given what is no dependency; `undefined` is a class of a file that imports this one. */
export function unreadable(node: ProviderNode, given: unknown): ProblemsError {
  const message = `${asker(node)} injects ${show(given)}, which is no token`
  const place = { path: [node.label], location: node.location }
  if (given === undefined) {
    const hint = 'The files import each other: write inject(() => TheClass).'
    return wiringError([toProblem({ code: 'KEEL_ERASED_TYPE', message, hint }, place)])
  }
  const hint =
    'Give a class, an InjectionToken, a string, a symbol, or what optional(), all() or lazy() returns.'
  return wiringError([toProblem({ code: 'KEEL_INVALID_OPTION', message, hint }, place)])
}

/** What is made after the boot, in a scope as a rule, needs something that nothing provides there. */
export function missingNow(
  { node, overlay }: Frame,
  dependency: LinkedDependency,
  around: Surroundings
): ProblemsError {
  const { token, failure } = dependency
  const why = failure ?? new Failure('missing', token, node.view)
  const goesFirstTo = overlay === undefined ? undefined : placeIn(overlay)
  const fault = explainFailure(clause(node, dependency, tokenName(token)), why, { ...around, goesFirstTo })
  const place = { path: [node.label, tokenName(token)], location: node.location }
  return wiringError([toProblem({ ...fault, message: capital(fault.message) }, place)])
}

/** What a module has is the same in each scope, and for each child, which is seldom meant. */
function placeIn({ scope, owned }: Overlay): string | undefined {
  if (scope !== undefined) return 'the scope, app.createScope([…])'
  return owned === undefined ? undefined : `the child, addChild(${owned.label}, { providers: […] })`
}
