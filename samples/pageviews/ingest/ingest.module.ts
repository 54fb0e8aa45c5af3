import { Module } from 'keelson'
import { StatsModule } from '../stats/stats.module.js'
import { StoreModule } from '../store/store.module.js'
import { Ingest } from './ingest.js'
import { LogFiles } from './log-files.js'

/** Gets lines out of files and standard input. */
@Module({ imports: [StoreModule, StatsModule], providers: [LogFiles, Ingest], exports: [Ingest] })
export class IngestModule {}
