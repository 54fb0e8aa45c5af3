import Libsql from 'libsql'
import { HealthCheck, Service } from 'keelson'
import { Options } from '../config/options.js'

/** The SQLite file: open as long as anything that needs it runs. */
@Service()
export class Database {
  #connection: Libsql.Database | undefined
  readonly #statements = new Map<string, Libsql.Statement>()

  constructor(private readonly options: Options) {}

  onStart(): void {
    this.#connection = new Libsql(this.options.database, { timeout: 5000 })
    // a write-ahead log survives kill -9 at any moment, and lets others read while we write
    this.execute('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  }

  onShutdown(): void {
    this.#statements.clear()
    this.#connection?.close()
    this.#connection = undefined
  }

  @HealthCheck()
  answers(): void {
    this.all('SELECT 1')
  }

  /** Rows of a query. Statements are prepared once. */
  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[]
  }

  /** Returns how many rows it changed. */
  run(sql: string, ...values: unknown[]): number {
    return this.#prepare(sql).run(...values).changes
  }

  /** Runs statements that have neither values nor rows, such as a schema. */
  execute(sql: string): void {
    this.#open.exec(sql)
  }

  /** All of `work` is written, or nothing of it. */
  transaction(work: () => void): void {
    this.#open.transaction(work).immediate()
  }

  #prepare(sql: string): Libsql.Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#open.prepare(sql)))
    return statement
  }

  get #open(): Libsql.Database {
    if (this.#connection === undefined) throw new Error('the database is closed')
    return this.#connection
  }
}
