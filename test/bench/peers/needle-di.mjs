import { Container, inject } from '@needle-di/core'

/** It has no hooks: it constructs. */
export const hooks = { start: 'onStart', stop: 'onStop' }
export const constructsOnly = true

export function prepare(graph, classes) {
  return {
    async boot() {
      const container = new Container()
      bind(container, classes, (index) => graph.needs[index].map((need) => classes[need]))
      container.get(classes.at(-1))
      for (const class_ of classes) container.get(class_)
      return { container }
    }
  }
}

export function singleton(classes, which) {
  const container = new Container()
  bind(container, classes, () => [])
  return () => container.get(classes[which])
}

/** A child container, whose bindings are the scoped ones. It has no transient providers. */
export function scope(shared, scoped, needs) {
  const parent = new Container()
  bind(parent, shared, () => [])
  return () => {
    const child = parent.createChild()
    bind(child, scoped, (n) => needs[n])
    const found = scoped.map((class_) => child.get(class_))
    child.unbindAll()
    return found
  }
}

function bind(container, classes, needsOf) {
  classes.forEach((class_, index) => {
    const useFactory = () => new class_(...needsOf(index).map((need) => inject(need)))
    container.bind({ provide: class_, useFactory })
  })
}
