import 'reflect-metadata'
import { Container, decorate, inject, injectable, postConstruct, preDestroy } from 'inversify'

export const hooks = { start: 'onStart', stop: 'onStop' }

export function prepare(graph, classes) {
  declare(classes, (_, index) => graph.needs[index].map((need) => classes[need]))
  for (const class_ of classes) {
    decorate(postConstruct(), class_, hooks.start)
    decorate(preDestroy(), class_, hooks.stop)
  }
  return {
    async boot() {
      const container = new Container({ defaultScope: 'Singleton' })
      for (const class_ of classes) container.bind(class_).toSelf()
      for (const class_ of classes) await container.getAsync(class_)
      return { container, stop: () => container.unbindAllAsync() }
    }
  }
}

export function singleton(classes, which) {
  const container = containerOf(classes, () => [], 'Singleton')
  return () => container.get(classes[which])
}

/** A container for each scope, below the one with the singletons. */
export function scope(shared, scoped, needs) {
  const parent = containerOf(shared, () => [], 'Singleton')
  declare(scoped, (_, n) => needs[n])
  return () => {
    const child = new Container({ parent, defaultScope: 'Singleton' })
    for (const class_ of scoped) child.bind(class_).toSelf()
    const found = scoped.map((class_) => child.get(class_))
    child.unbindAll()
    return found
  }
}

export function transient(needs, Root) {
  const container = containerOf([...needs.keys()], (class_) => needs.get(class_), 'Transient')
  return () => container.get(Root)
}

function containerOf(classes, needsOf, defaultScope) {
  declare(classes, needsOf)
  const container = new Container({ defaultScope })
  for (const class_ of classes) container.bind(class_).toSelf()
  return container
}

function declare(classes, needsOf) {
  classes.forEach((class_, index) => {
    decorate(injectable(), class_)
    needsOf(class_, index).forEach((need, at) => decorate(inject(need), class_, at))
  })
}
