const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Milliseconds since 1970 of a time such as `17/May/2015:10:05:03 +0000`; `NaN` when there was no such time. */
export function parseTime(text: string): number {
  const number = (from: number, to: number) => Number(text.slice(from, to))
  const day = number(0, 2)
  const month = MONTHS.indexOf(text.slice(3, 6))
  const year = number(7, 11)
  const hour = number(12, 14)
  const minute = number(15, 17)
  const second = number(18, 20)
  const zone = (number(22, 24) * 60 + number(24, 26)) * (text[21] === '-' ? -1 : 1)
  const sound = month >= 0 && year >= 1970 && hour < 24 && minute < 60 && second <= 60 // 60: a leap second
  if (!sound || day < 1 || (day > 28 && day > daysOf(month, year))) return Number.NaN
  return Date.UTC(year, month, day, hour, minute - zone, second)
}

function daysOf(month: number, year: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
}
