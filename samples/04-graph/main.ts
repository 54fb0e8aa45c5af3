import { createApplication, DependsOn, inject, lazy, Module, Service } from 'keelson'

@Service()
class Database {}

@Service()
class Recipes {
  readonly database = inject(Database)
}

@Service()
class Oven {
  readonly recipes = inject(Recipes)
}

/** Ordered after the oven without being given it. */
@Service()
@DependsOn(Oven)
class Thermometer {}

@Service()
class Orders {
  readonly database = inject(Database)
  /** Delivery needs Orders, too: a lazy edge closes the circle, and orders nothing. */
  readonly delivery = inject(lazy(() => Delivery))
}

@Service()
class Delivery {
  readonly orders = inject(Orders)
}

@Service()
class Shop {
  readonly oven = inject(Oven)
  readonly orders = inject(Orders)
}

@Module({ providers: [Database, Recipes, Oven, Thermometer, Orders, Delivery, Shop] })
class Bakery {}

// Wired and checked, but nothing is started: this is enough for a picture, or for a check in CI.
const { graph } = await createApplication(Bakery)

console.log(graph.toText())
console.log('start order   ', graph.startOrder().join(', '))
console.log(
  'side by side  ',
  graph
    .levels()
    .map((level) => level.join(' + '))
    .join(', then ')
)
console.log('longest chain ', graph.criticalPath().join(' → '))
console.log('Oven needs    ', graph.dependenciesOf('Oven').join(', '))
console.log('needed by     ', graph.dependentsOf('Oven').join(', '))
console.log(`\n${graph.toMermaid()}`)
