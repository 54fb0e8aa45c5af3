import { Module } from 'keelson'

// @ts-expect-error -- as it goes where files import each other: it runs before the other class is declared
@Module({ imports: [Second] })
export class First {}

@Module({})
export class Second {}
