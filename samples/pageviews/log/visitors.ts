/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const PAGES = [
  '/',
  '/boats',
  '/boats/dinghies/',
  '/boats/sloop-27',
  '/boats/ketch-40',
  '/charts/north-sea',
  '/charts/baltic',
  '/weather',
  '/weather/gale-warnings',
  '/harbours/kiel',
  '/harbours/%C3%85lesund',
  '/blog/first-night-at-sea',
  '/blog/reading-the-sky',
  '/blog/how-to-keep-an-even-keel',
  '/search',
  '/cart',
  '/about',
  '/wp-login.php'
]
const ASSETS = [
  '/style.css',
  '/app.js',
  '/images/logo.svg',
  '/images/waves.jpg',
  '/favicon.ico',
  '/fonts/hull.woff2'
]
const QUERIES = ['?q=keel', '?q=rope&page=2', '?utm_source=letter', '?q=%22anchor%22', '?']
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0',
  'Mozilla/5.0 (iPhone) Safari/604.1',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
  'Wetter-Häppchen/1.2 (\\"beta\\")',
  'curl/8.5.0',
  '-'
]
const REFERRERS = ['-', '-', 'https://example.org/boats', 'https://search.example/?q=keel']

// what no reader of logs is spared; the last is a request, of a browser that spoke TLS to a plain port
const ODDITIES = [
  (time: string) => `192.0.2.77 - - [${time}] "GET /boats/slo`,
  (time: string) => `192.0.2.77 - - [${time}] "GET /boats/sloop-27 HTTP/1.1" 200 5120 "https://exam`,
  () => '-- MARK --',
  () => '',
  (time: string) => `192.0.2.78 - - [${time}] "\\x16\\x03\\x01\\x02" 400 226 "-" "-"`,
  (time: string) => `192.0.2.79 - - [${time}] "-" 408 - "-" "-"`
]

/** People and machines that visit a small web site, and what its server writes down about them. */
export class Visitors {
  readonly #random: () => number
  readonly #waiting: string[] = []

  constructor(seed: number) {
    this.#random = randomNumbers(seed)
  }

  /** The line of the next request, which comes at `time` (as a log writes it). */
  line(time: string, format: 'common' | 'combined'): string {
    if (this.#random() < 0.002) return this.#pick(ODDITIES)(time)
    if (this.#waiting.length === 0) this.#visit()
    const [client, request, agent] = this.#waiting.shift()!.split('\t')
    const end = format === 'combined' ? ` ${agent}` : ''
    return `${client} [${time}] ${request}${end}`
  }

  /** A visitor opens a page, and the browser fetches what belongs to it. */
  #visit(): void {
    const address =
      this.#random() < 0.2 ? `2001:db8::${this.#whole(4095).toString(16)}` : `198.51.100.${this.#whole(254)}`
    const client = `${address} - ${this.#random() < 0.03 ? 'jane' : '-'}`
    const agent = `"${this.#pick(REFERRERS)}" "${this.#pick(AGENTS)}"`
    const page = PAGES[Math.floor(PAGES.length * this.#random() ** 2)]! // the first are the most popular
    const target = this.#random() < 0.2 ? page + this.#pick(QUERIES) : page
    this.#waiting.push(`${client}\t${this.#request(page, target)}\t${agent}`)
    for (let assets = Math.floor(this.#random() * 4); assets > 0; assets--) {
      const asset = this.#pick(ASSETS)
      this.#waiting.push(`${client}\t${this.#request(asset, asset)}\t${agent}`)
    }
  }

  #request(page: string, target: string): string {
    const luck = this.#random()
    const method = page === '/cart' && luck < 0.5 ? 'POST' : luck < 0.02 ? 'HEAD' : 'GET'
    if (page === '/wp-login.php') return `"${method} ${target} HTTP/1.1" 404 153`
    if (page === '/boats/dinghies/') return `"${method} /boats/dinghies HTTP/1.1" 301 -`
    if (luck > 0.995) return `"${method} ${target} HTTP/1.1" 500 36`
    if (luck > 0.93) return `"${method} ${target} HTTP/1.1" 304 -`
    return `"${method} ${target} HTTP/1.1" 200 ${200 + this.#whole(40_000)}`
  }

  #whole(highest: number): number {
    return 1 + Math.floor(this.#random() * highest)
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!
  }
}
