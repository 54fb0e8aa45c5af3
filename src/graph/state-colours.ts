/** A fill and a line colour, readable with black text. */
export interface Colours {
  readonly fill: string
  readonly line: string
}

const green = { fill: '#d9f2df', line: '#2e8b57' }
const blue = { fill: '#dbe9fb', line: '#3f76b5' }
const amber = { fill: '#fdeecb', line: '#b98a1d' }
const red = { fill: '#fbdada', line: '#c0392b' }
const grey = { fill: '#eeeeee', line: '#888888' }

const colours = new Map<string, Colours>([
  ['init', grey],
  ['waiting', blue],
  ['starting', blue],
  ['running', green],
  ['stopping', amber],
  ['stopped', grey],
  ['crashed', red],
  ['backoff', amber]
])

/** How a node in this state is coloured; `undefined` for a state it does not know: drawn plain. */
export function stateColours(state: string | undefined): Colours | undefined {
  return state === undefined ? undefined : colours.get(state)
}
