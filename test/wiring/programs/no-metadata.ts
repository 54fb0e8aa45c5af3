// Run by tsx, which emits no types of parameters.
import 'reflect-metadata'
import { Module, Service } from '../../../src/decorators/index.js'
import { collect, link } from '../../../src/wiring/index.js'

@Service()
class Db {}

@Service()
class Api {
  constructor(readonly db: Db) {}
}

@Service()
class Web {
  constructor(readonly api: Api) {}
}

@Module({ providers: [Db, Api, Web] })
class Root {}

const { problems } = link(await collect(Root))
console.log(JSON.stringify(problems))
