import { Context, Effect, Exit, Layer, Schedule, Scope } from 'effect'

export const hooks = { start: 'onStart', stop: 'onStop' }

/** A layer for each service, provided with those of what it needs; the hooks acquire and release. */
export function prepare(graph, classes) {
  const keys = classes.map((_, index) => Context.Service(`S${index}`))
  const layers = []
  classes.forEach((class_, index) => {
    const needs = graph.needs[index]
    const make = Effect.gen(function* () {
      const given = []
      for (const need of needs) given.push(yield* keys[need])
      return yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const instance = new class_(...given)
          await instance.onStart()
          return instance
        }),
        (instance) => Effect.promise(() => instance.onStop())
      )
    })
    const layer = Layer.effect(keys[index], make)
    layers.push(
      needs.length === 0
        ? layer
        : Layer.provide(
            layer,
            needs.map((need) => layers[need])
          )
    )
  })
  const all = Layer.mergeAll(...layers)
  return {
    async boot() {
      const scope = Effect.runSync(Scope.make())
      const context = await Effect.runPromise(Layer.buildWithScope(all, scope))
      return { context, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
    }
  }
}

export function singleton(classes, which) {
  const keys = classes.map((_, index) => Context.Service(`P${index}`))
  const context = contextOf(keys, classes)
  return () => Context.get(context, keys[which])
}

/** A layer for each scoped class, built anew in a scope that is closed at once. */
export function scope(shared, scoped, needs) {
  const keys = new Map([...shared, ...scoped].map((class_, index) => [class_, Context.Service(`P${index}`)]))
  const base = contextOf(
    shared.map((class_) => keys.get(class_)),
    shared
  )
  let layer = Layer.empty
  scoped.forEach((class_, n) => {
    layer = Layer.provideMerge(layerOf(keys, class_, needs[n]), layer)
  })
  const request = Effect.scoped(
    Effect.map(Layer.build(layer), (context) =>
      scoped.map((class_) => Context.get(context, keys.get(class_)))
    )
  )
  const provided = Effect.provideContext(request, base)
  return () => Effect.runSync(provided)
}

/** Its layers are shared by nature, so all of them are declared fresh. */
export function transient(needs, Root) {
  const keys = new Map([...needs.keys()].map((class_, index) => [class_, Context.Service(`P${index}`)]))
  const fresh = (class_) => {
    const layer = Layer.fresh(layerOf(keys, class_, needs.get(class_)))
    const below = needs.get(class_).map(fresh)
    return below.length === 0 ? layer : Layer.provide(layer, below)
  }
  const make = Effect.provide(
    Effect.map(keys.get(Root), (root) => root),
    fresh(Root)
  )
  return () => Effect.runSync(make)
}

export function restarts(work) {
  const retried = Effect.retry(
    Effect.tryPromise({ try: work, catch: (error) => error }),
    Schedule.recurs(Infinity)
  )
  return () => Effect.runPromise(retried)
}

function layerOf(keys, class_, needs) {
  const make = Effect.gen(function* () {
    const given = []
    for (const need of needs) given.push(yield* keys.get(need))
    return new class_(...given)
  })
  return Layer.effect(keys.get(class_), make)
}

function contextOf(keys, classes) {
  return classes.reduce((context, class_, n) => Context.add(context, keys[n], new class_()), Context.empty())
}
