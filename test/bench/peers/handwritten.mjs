// The lower bound: what one would write for one known graph, with no container, no checks and no states.
import { readySets } from '../harness/graph.mjs'

export const hooks = { start: 'onStart', stop: 'onStop' }

/**
 * By default everything that is ready starts together, and the next when all of it is up (`Promise.all` for each ready
 * set). `counters`: each starts the moment the last of what it needs is up.
 */
export function prepare(graph, classes, variant) {
  const [starts, stops] = [readySets(graph.needs), readySets(graph.dependants)]
  return {
    async boot() {
      const instances = construct(graph, classes)
      if (variant === 'counters')
        await byCounters(graph.needs, graph.dependants, (n) => instances[n].onStart())
      else for (const ready of starts) await Promise.all(ready.map((n) => instances[n].onStart()))
      return {
        instances,
        async stop() {
          if (variant === 'counters')
            await byCounters(graph.dependants, graph.needs, (n) => instances[n].onStop())
          else for (const ready of stops) await Promise.all(ready.map((n) => instances[n].onStop()))
        }
      }
    }
  }
}

function construct(graph, classes) {
  const instances = []
  for (let index = 0; index < graph.size; index++) {
    instances.push(new classes[index](...graph.needs[index].map((need) => instances[need])))
  }
  return instances
}

function byCounters(needs, users, call) {
  return new Promise((resolve, reject) => {
    const waiting = Int32Array.from(needs, (list) => list.length)
    let left = needs.length
    const begin = (index) => call(index).then(() => ended(index), reject)
    const ended = (index) => {
      if (--left === 0) resolve()
      for (const user of users[index]) if (--waiting[user] === 0) begin(user)
    }
    needs.forEach((list, index) => {
      if (list.length === 0) begin(index)
    })
  })
}

export function singleton(classes, which) {
  const instances = new Map(classes.map((class_) => [class_, new class_()]))
  return () => instances.get(classes[which])
}

export function scope(shared, [R0, R1, R2, R3, R4], needs) {
  const instances = new Map(shared.map((class_) => [class_, new class_()]))
  const given = needs.map(([class_]) => instances.get(class_))
  return () => {
    const scope = new Map()
    scope.set(R0, new R0(given[0]))
    scope.set(R1, new R1(given[1], scope.get(R0)))
    scope.set(R2, new R2(given[2], scope.get(R1)))
    scope.set(R3, new R3(given[3], scope.get(R2)))
    scope.set(R4, new R4(given[4], scope.get(R3)))
    return [scope.get(R0), scope.get(R1), scope.get(R2), scope.get(R3), scope.get(R4)]
  }
}

export function transient(needs, Root) {
  const [A, B, C] = needs.get(Root)
  const [[L0, L1], [L2, L3], [L4, L5, L6]] = [needs.get(A), needs.get(B), needs.get(C)]
  return () =>
    new Root(new A(new L0(), new L1()), new B(new L2(), new L3()), new C(new L4(), new L5(), new L6()))
}

export function restarts(work) {
  return async () => {
    for (let done = false; !done;) {
      try {
        await work()
        done = true
      } catch {
        // once more
      }
    }
  }
}

export function events() {
  const listeners = []
  return (event) => {
    for (const listener of listeners) listener(event)
  }
}

export function states(listener) {
  const listeners = [listener]
  let current = 0
  return (state) => {
    current = state
    for (const one of listeners) one(current)
    return current
  }
}
