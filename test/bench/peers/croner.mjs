import { Cron } from 'croner'

export function crons(count, tick) {
  return () => {
    return Array.from({ length: count }, (_, n) => new Cron('* * * * * *', () => tick(n)))
  }
}
