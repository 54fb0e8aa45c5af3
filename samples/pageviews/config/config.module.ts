import { Module, type DynamicModule } from 'keelson'
import { Options } from './options.js'

/** Gives the options to every module. */
@Module({})
export class ConfigModule {
  static with(options: Options): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: Options, useValue: options }],
      exports: [Options],
      global: true
    }
  }
}
