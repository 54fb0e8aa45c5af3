import { Service, type ServiceContext } from 'keelson'
import { Database } from './database.js'

// one text for each version of the schema; what has been released is never edited, only added to
const STEPS = [
  `CREATE TABLE page_minutes (          -- one row per minute, page and status; times are seconds since 1970, UTC
     minute INTEGER NOT NULL,
     page TEXT NOT NULL,
     status INTEGER NOT NULL,
     requests INTEGER NOT NULL,
     views INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     PRIMARY KEY (minute, page, status)
   ) WITHOUT ROWID;

   CREATE TABLE page_days (             -- the same by day
     day INTEGER NOT NULL,
     page TEXT NOT NULL,
     status INTEGER NOT NULL,
     requests INTEGER NOT NULL,
     views INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     PRIMARY KEY (day, page, status)
   ) WITHOUT ROWID;

   CREATE TABLE expiry (day INTEGER NOT NULL);     -- one row: the minutes of earlier days are gone
   INSERT INTO expiry VALUES (0);

   CREATE VIEW page_counts AS           -- each request once: by minute, or by day where the minutes are gone
     SELECT minute AS time, page, status, requests, views, bytes FROM page_minutes
     UNION ALL
     SELECT day, page, status, requests, views, bytes FROM page_days WHERE day < (SELECT day FROM expiry);

   CREATE TABLE bad_lines (             -- the newest; the highest id is the number of all
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     source TEXT NOT NULL,
     reason TEXT NOT NULL,
     line TEXT NOT NULL
   );

   CREATE TABLE positions (             -- how far each file has been read
     file TEXT PRIMARY KEY,
     path TEXT NOT NULL,
     offset INTEGER NOT NULL,
     headLength INTEGER NOT NULL,
     headHash TEXT NOT NULL
   ) WITHOUT ROWID;`
]

/** Brings the schema up to date before anything uses it. */
@Service()
export class Migrations {
  constructor(private readonly database: Database) {}

  onStart({ log }: ServiceContext): void {
    const [row] = this.database.all<{ user_version: number }>('PRAGMA user_version')
    const version = row?.user_version ?? 0
    if (version > STEPS.length) {
      throw new Error(`the database has schema ${version}, this program knows ${STEPS.length}: it is too old`)
    }
    for (const [index, step] of STEPS.entries()) {
      if (index < version) continue
      this.database.transaction(() => {
        this.database.execute(step)
        this.database.execute(`PRAGMA user_version = ${index + 1}`)
      })
      log.info('schema %d', index + 1)
    }
  }
}
