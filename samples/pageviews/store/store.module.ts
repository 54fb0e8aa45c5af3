import { Module } from 'keelson'
import { Database } from './database.js'
import { Migrations } from './migrations.js'
import { Reports } from './reports.js'
import { StatsStore } from './stats-store.js'

/** Keeps the figures in an SQLite file. */
@Module({ providers: [Database, Migrations, StatsStore, Reports], exports: [StatsStore, Reports] })
export class StoreModule {}
