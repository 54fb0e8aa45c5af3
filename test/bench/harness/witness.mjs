// Classes whose hooks leave a trace, and the judge of that trace: no start hook may begin before those of what its
// service needs have ended, no stop hook before those of what needs it have. Judged after the clock has stopped.

/** A number for each beginning and end of a hook, in the order in which they came. */
export class Witness {
  #graph
  #now = 0
  constructor(graph) {
    this.#graph = graph
    for (const name of ['startBegan', 'startEnded', 'stopBegan', 'stopEnded']) {
      this[name] = new Float64Array(graph.size)
    }
  }

  tick() {
    return ++this.#now
  }

  /** @returns {string} '' when all is well, else what is wrong, for people */
  complaint({ stops = true } = {}) {
    const missing = count(this.startEnded, (at) => at === 0)
    if (missing > 0) return `${missing} never started`
    const early = this.#edges((user, need) => this.startBegan[user] < this.startEnded[need])
    if (early > 0) return `${early} started too early`
    if (!stops) return ''
    const left = count(this.stopEnded, (at) => at === 0)
    if (left > 0) return `${left} never stopped`
    const late = this.#edges((user, need) => this.stopBegan[need] < this.stopEnded[user])
    return late > 0 ? `${late} edges stopped in the wrong order` : ''
  }

  #edges(isWrong) {
    let wrong = 0
    this.#graph.needs.forEach((list, user) => {
      for (const need of list) if (isWrong(user, need)) wrong++
    })
    return wrong
  }
}

function count(numbers, test) {
  let found = 0
  for (const number of numbers) if (test(number)) found++
  return found
}

/**
 * A class for each service. Those with as many parameters share their code, so that compiling it, which a program pays
 * for with or without a framework, counts for nobody; unless each is to have code of its own, as in a program that
 * people write: then everybody pays for the first calls of it. They keep what their constructor is given, and have the two hooks
 * under the names that the contestant calls.
 *
 * @param hooks `{ start, stop }`: the names
 * @param options.ownCode no code is shared
 * @param options.wait what a hook awaits, given the index; by default nothing, which still is one turn of the microtasks
 */
export function makeClasses(graph, witness, hooks, { wait = () => undefined, ownCode = false } = {}) {
  const makers = new Map()
  return graph.needs.map(({ length }, index) => {
    // the engine knows a text that it has compiled before
    if (ownCode) return classMaker(length, hooks, `// ${index}`)(witness, wait)(index)
    if (!makers.has(length)) makers.set(length, classMaker(length, hooks)(witness, wait))
    return makers.get(length)(index)
  })
}

function classMaker(arity, hooks, comment = '') {
  const parameters = Array.from({ length: arity }, (_, n) => `s${n}`)
  return new Function(
    'witness',
    'wait',
    `${comment}
    return (index) => named('S' + index, class {
      constructor(${parameters.join(', ')}) { ${parameters.map((name) => `this.${name} = ${name}`).join('; ')} }
      async ${hooks.start}() {
        witness.startBegan[index] = witness.tick()
        await wait(index)
        witness.startEnded[index] = witness.tick()
      }
      async ${hooks.stop}() {
        witness.stopBegan[index] = witness.tick()
        await wait(index)
        witness.stopEnded[index] = witness.tick()
      }
    })

    // Not by a key of an object: with so many different ones V8 takes all objects that begin as {} for dictionaries to be,
    // and gives each that some framework makes a layout of its own, which no program does to them.
    function named(name, made) {
      return Object.defineProperty(made, 'name', { value: name })
    }`
  )
}
