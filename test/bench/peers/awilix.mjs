import { asFunction, createContainer } from 'awilix'

/** It has disposers, but no hooks that start anything: it constructs. */
export const hooks = { start: 'onStart', stop: 'onStop' }
export const constructsOnly = true

export function prepare(graph, classes) {
  return {
    async boot() {
      const container = createContainer()
      register(container, classes, (index) => graph.needs[index].map((need) => `s${need}`))
      container.resolve(`s${classes.length - 1}`)
      for (let index = 0; index < classes.length; index++) container.resolve(`s${index}`)
      return { container }
    }
  }
}

export function singleton(classes, which) {
  const container = createContainer()
  register(container, classes, () => [])
  return () => container.resolve(`s${which}`)
}

export function scope(shared, scoped, needs) {
  const parent = createContainer()
  register(parent, shared, () => [])
  const nameOf = (class_) =>
    scoped.includes(class_) ? `r${scoped.indexOf(class_)}` : `s${shared.indexOf(class_)}`
  const names = needs.map((list) => list.map(nameOf))
  register(parent, scoped, (n) => names[n], { prefix: 'r', lifetime: 'SCOPED' })
  return async () => {
    const child = parent.createScope()
    const found = scoped.map((_, n) => child.resolve(`r${n}`))
    await child.dispose()
    return found
  }
}

export function transient(needs, Root) {
  const classes = [...needs.keys()]
  const names = classes.map((class_) => needs.get(class_).map((need) => `s${classes.indexOf(need)}`))
  const container = createContainer()
  register(container, classes, (index) => names[index], { lifetime: 'TRANSIENT' })
  const root = `s${classes.indexOf(Root)}`
  return () => container.resolve(root)
}

function register(container, classes, needsOf, { prefix = 's', lifetime = 'SINGLETON' } = {}) {
  const registrations = classes.map((class_, index) => {
    const needs = needsOf(index)
    return [
      `${prefix}${index}`,
      asFunction((cradle) => new class_(...needs.map((need) => cradle[need])), { lifetime })
    ]
  })
  container.register(Object.fromEntries(registrations))
}
