import { Module, Service, type Class } from 'keelson'

/** Layers of 50 services with async hooks, each of which needs three of the layer before. */
export function layered(size: number): Class {
  const classes: Class[] = []
  for (let index = 0; index < size; index++) {
    const layer = Math.floor(index / 50)
    const needs =
      layer === 0 ? [] : [1, 14, 27].map((n) => classes[(layer - 1) * 50 + ((index * 7 + n) % 50)]!)
    const made = class {
      readonly given: unknown[]
      constructor(...given: unknown[]) {
        this.given = given
      }
      async onStart(): Promise<void> {}
      async onStop(): Promise<void> {}
    }
    Object.defineProperty(made, 'name', { value: `S${index}` })
    ;(Service({ inject: needs }) as ClassDecorator)(made)
    classes.push(made)
  }
  return moduleOf(classes)
}

/** A module that provides these. */
export function moduleOf(providers: Class[]): Class {
  class App {}
  ;(Module({ providers }) as ClassDecorator)(App)
  return App
}
