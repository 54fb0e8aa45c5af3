import { Module } from 'keelson'
import { StoreModule } from '../store/store.module.js'
import { Api } from './api.js'
import { HttpServer } from './http-server.js'

/** Answers questions over HTTP. */
@Module({ imports: [StoreModule], providers: [Api, HttpServer], exports: [HttpServer] })
export class HttpModule {}
