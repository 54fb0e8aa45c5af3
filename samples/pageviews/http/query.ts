/** A question that cannot be answered as it was put; the message says why. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?$/

/** The parameters of one request. */
export class Query {
  readonly #parameters: URLSearchParams

  /** @throws BadRequest for a parameter that is none of `names`: a typing error must not change the answer */
  constructor(parameters: URLSearchParams, names: readonly string[] = []) {
    this.#parameters = parameters
    for (const name of parameters.keys()) {
      if (names.includes(name)) continue
      throw new BadRequest(`there is no parameter '${name}' here, only ${names.join(', ') || 'none'}`)
    }
  }

  /** A whole number from 1 to `highest`. */
  number(name: string, otherwise: number, highest: number): number {
    const text = this.#parameters.get(name)
    if (text === null) return otherwise
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
    if (value >= 1 && value <= highest) return value
    throw new BadRequest(`${name} must be a whole number from 1 to ${highest}, not '${text}'`)
  }

  /** One of two words, the first when it is not given. */
  word<Word extends string>(name: string, first: Word, second: Word): Word {
    const text = this.#parameters.get(name)
    if (text === null || text === first) return first
    if (text === second) return second
    throw new BadRequest(`${name} must be ${first} or ${second}, not '${text}'`)
  }

  /**
   * The minute in which a time lies: `2015-05-18`, `2015-05-18T10:05` (UTC), `2015-05-18T10:05:00+02:00`.
   *
   * @returns seconds since 1970; 0 when it is not given
   */
  time(name: string): number {
    const text = this.#parameters.get(name)
    if (text === null) return 0
    const written = text.replace(' ', '+') // what becomes of the `+` of a zone that nobody encoded
    const inUtc = /T[\d:]+$/.test(written) ? `${written}Z` : written
    const time = TIME.test(written) ? Date.parse(inUtc) : Number.NaN
    if (!Number.isNaN(time)) return Math.floor(time / 60_000) * 60
    throw new BadRequest(`${name} must be a time such as 2015-05-18 or 2015-05-18T10:05Z, not '${text}'`)
  }
}
