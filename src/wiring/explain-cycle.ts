import { tokenName } from '../tokens/index.js'
import type { LinkedDependency, ProviderNode } from './provider-node.js'
import type { Fault } from './read-provider.js'
import { asker, list, statement, written } from './words.js'

/** One step of a cycle: `node` needs the next one, and says so in `dependency`. */
export interface CycleStep {
  readonly node: ProviderNode
  readonly dependency: LinkedDependency
}

const MOST_NAMES = 4
const MOST_STEPS = 24

/** Puts a cycle into words: every step with its place, and the edge to make lazy. */
export function explainCycle(steps: readonly CycleStep[]): Fault {
  const names = steps.map((step) => asker(step.node))
  const shown =
    names.length > MOST_NAMES
      ? [...names.slice(0, MOST_NAMES - 1), `${names.length - MOST_NAMES + 1} more`]
      : names
  const sentence =
    names.length === 1
      ? `${names[0]} needs itself`
      : `${list(shown)} wait for each other, so none of them can be first`
  const lines: string[] = [sentence, '', withPlace(steps[0]!.node, '')]
  for (const [index, step] of steps.entries()) {
    const half = MOST_STEPS / 2
    if (steps.length > MOST_STEPS && index >= half && index < steps.length - half) {
      if (index === half) lines.push(`  … ${steps.length - MOST_STEPS} more …`)
      continue
    }
    const next = steps[(index + 1) % steps.length]!.node
    const closes = index === steps.length - 1
    const text = `  └─ ${how(step)} ${asker(next)}${closes ? '  ← closes the loop' : ''}`
    lines.push(closes ? text : withPlace(next, text))
  }
  return { code: 'KEEL_DEPENDENCY_CYCLE', message: lines.join('\n'), hint: mend(steps) }
}

function withPlace(node: ProviderNode, text: string): string {
  const shown = text === '' ? asker(node) : text
  return node.location === undefined ? shown : `${shown}   ${node.location}`
}

function how({ dependency }: CycleStep): string {
  return statement(dependency)
    .filter((part) => part !== '')
    .join(' ')
}

/** The edge that closes the loop can be made lazy best, if it is injected and not merely waited for. */
function mend(steps: readonly CycleStep[]): string {
  const early = steps.find(({ dependency }) => dependency.kind === 'lazy')
  if (early !== undefined) {
    return `${early.node.label} uses the lazy ${tokenName(early.dependency.token)} while it is constructed: call get() in a hook or later.`
  }
  const step = steps.findLast(({ dependency: { at } }) => at !== 'depends-on' && at !== 'value')
  if (step === undefined) {
    const { node, dependency } = steps.findLast((each) => each.dependency.at === 'depends-on')!
    return `Take one @DependsOn away, such as that of ${node.label} on ${tokenName(dependency.token)}.`
  }
  const { node, dependency } = step
  const token = tokenName(dependency.token)
  const lazily = `lazy(() => ${written(dependency.token)})`
  const edit = {
    class:
      dependency.request.property === undefined
        ? `inject: [… ${lazily} …] or @Inject(${lazily})`
        : `@Inject(${lazily})`,
    factory: `inject: [… ${lazily} …]`,
    inject: `inject(${lazily})`,
    value: '',
    'depends-on': ''
  }[dependency.at]
  return `Let ${asker(node)} ask for ${token} later: ${edit}. Or move what they share into a service of its own.`
}
