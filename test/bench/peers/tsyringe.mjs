import 'reflect-metadata'
import { container, inject, injectable, Lifecycle } from 'tsyringe'

/** It has no hooks that start anything: it constructs. */
export const hooks = { start: 'onStart', stop: 'onStop' }
export const constructsOnly = true

/** `ordered`: resolved in topological order, so that no call is deep. */
export function prepare(graph, classes, variant) {
  declare(classes, (_, index) => graph.needs[index].map((need) => classes[need]))
  return {
    async boot() {
      const child = containerOf(classes, Lifecycle.Singleton)
      if (variant !== 'ordered') child.resolve(classes.at(-1))
      for (const class_ of classes) child.resolve(class_)
      return { child }
    }
  }
}

export function singleton(classes, which) {
  declare(classes, () => [])
  const child = containerOf(classes, Lifecycle.Singleton)
  return () => child.resolve(classes[which])
}

export function scope(shared, scoped, needs) {
  declare(shared, () => [])
  declare(scoped, (_, n) => needs[n])
  const parent = containerOf(shared, Lifecycle.Singleton)
  for (const class_ of scoped)
    parent.register(class_, { useClass: class_ }, { lifecycle: Lifecycle.ContainerScoped })
  return async () => {
    const child = parent.createChildContainer()
    const found = scoped.map((class_) => child.resolve(class_))
    await child.dispose()
    return found
  }
}

export function transient(needs, Root) {
  declare([...needs.keys()], (class_) => needs.get(class_))
  const child = containerOf([...needs.keys()], Lifecycle.Transient)
  return () => child.resolve(Root)
}

function declare(classes, needsOf) {
  classes.forEach((class_, index) => {
    needsOf(class_, index).forEach((need, at) => inject(need)(class_, undefined, at))
    injectable()(class_)
  })
}

function containerOf(classes, lifecycle) {
  const child = container.createChildContainer()
  for (const class_ of classes) child.register(class_, { useClass: class_ }, { lifecycle })
  return child
}
