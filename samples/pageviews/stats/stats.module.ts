import { Module } from 'keelson'
import { StoreModule } from '../store/store.module.js'
import { Aggregator } from './aggregator.js'
import { Expiry } from './expiry.js'
import { RollUp } from './roll-up.js'

/** Turns log entries into figures, and old figures into smaller ones. */
@Module({ imports: [StoreModule], providers: [Aggregator, RollUp, Expiry], exports: [Aggregator] })
export class StatsModule {}
