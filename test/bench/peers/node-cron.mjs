import { schedule } from 'node-cron'

export function crons(count, tick) {
  return () => {
    for (let n = 0; n < count; n++) schedule('* * * * * *', () => tick(n))
  }
}
