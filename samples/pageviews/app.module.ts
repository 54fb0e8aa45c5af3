import { Module, type DynamicModule } from 'keelson'
import { ConfigModule } from './config/config.module.js'
import type { Options } from './config/options.js'
import { Dashboard } from './dashboard/dashboard.js'
import { HttpModule } from './http/http.module.js'
import { IngestModule } from './ingest/ingest.module.js'
import { StatsModule } from './stats/stats.module.js'
import { StoreModule } from './store/store.module.js'

/** The whole program. */
@Module({ imports: [StoreModule, StatsModule, IngestModule, HttpModule], providers: [Dashboard] })
export class AppModule {
  static with(options: Options): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.with(options)] }
  }
}
