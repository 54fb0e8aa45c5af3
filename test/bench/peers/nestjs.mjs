import 'reflect-metadata'
import { Injectable, Module, Scope } from '@nestjs/common'
import { ContextIdFactory, NestFactory } from '@nestjs/core'

export const hooks = { start: 'onModuleInit', stop: 'onModuleDestroy' }

/** One module with everything in it, which is the fastest that NestJS has. */
export function prepare(graph, classes) {
  const Root = moduleOf(classes, (_, index) => graph.needs[index].map((need) => classes[need]))
  return {
    async boot() {
      const app = await create(Root)
      return { app, stop: () => app.close() }
    }
  }
}

export async function singleton(classes, which) {
  const app = await create(moduleOf(classes, () => []))
  return () => app.get(classes[which])
}

/** It has nothing to dispose of a scope. */
export async function scope(shared, scoped, needs) {
  const needsOf = (class_) => needs[scoped.indexOf(class_)] ?? []
  const scopeOf = (class_) => (scoped.includes(class_) ? Scope.REQUEST : Scope.DEFAULT)
  const app = await create(moduleOf([...shared, ...scoped], needsOf, scopeOf))
  return async () => {
    const id = ContextIdFactory.create()
    const found = []
    for (const class_ of scoped) found.push(await app.resolve(class_, id))
    return found
  }
}

export async function transient(needs, Root) {
  const app = await create(
    moduleOf(
      [...needs.keys()],
      (class_) => needs.get(class_),
      () => Scope.TRANSIENT
    )
  )
  return () => app.resolve(Root)
}

function moduleOf(classes, needsOf, scopeOf = () => Scope.DEFAULT) {
  classes.forEach((class_, index) => {
    Injectable({ scope: scopeOf(class_) })(class_)
    Reflect.defineMetadata('design:paramtypes', needsOf(class_, index), class_)
  })
  class Root {}
  Module({ providers: classes })(Root)
  return Root
}

const create = (module) =>
  NestFactory.createApplicationContext(module, { logger: false, abortOnError: false })
