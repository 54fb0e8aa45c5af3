import type { Class } from '../tokens/index.js'

/** One parameter of a constructor, as its source shows it. */
export interface SourceParameter {
  /** `undefined` for a pattern such as `{ a, b }`. */
  readonly name: string | undefined
}

/** A constructor, as its source shows it. */
export interface SourceConstructor {
  readonly parameters: readonly SourceParameter[]
  /**
   * Does it hand all that it gets to its base? Compilers write such constructors, `super(...arguments)`, into
   * classes that have none, for fields and decorators.
   */
  readonly forwards: boolean
}

/**
 * Reads the constructor of a class from its source. Answers only what nothing else tells: whether a class without
 * emitted types has a constructor of its own, and what its parameters are called.
 *
 * @returns `undefined` when the class has no constructor of its own
 */
export function readConstructor(cls: Class): SourceConstructor | undefined {
  const source = Function.prototype.toString.call(cls)
  if (!source.startsWith('class')) return readFunction(source)
  // nearly all classes that get here have no constructor, and this tells it for next to nothing
  if (!source.includes('constructor')) return undefined
  const open = findConstructor(source)
  return open === undefined ? undefined : readHead(source, open)
}

/** A constructor function, as compilers to ES5 and old packages have them; Node's own have no source. */
function readFunction(source: string): SourceConstructor {
  const open = source.indexOf('(')
  const isNative = open < 0 || source.endsWith('{ [native code] }')
  return isNative ? { parameters: [], forwards: false } : readHead(source, open)
}

/** Index of the `(` after `constructor`, which stands in the class body itself and begins a member. */
function findConstructor(source: string): number | undefined {
  let braces = 0
  let brackets = 0
  const scanner = new Scanner(source, 5)
  for (let at = scanner.next(); at !== undefined; at = scanner.next()) {
    const char = source[at]
    if (char === '(' || char === '[') brackets++
    else if (char === ')' || char === ']') brackets--
    // an object in the heritage, extends mixin({ … }), is inside brackets; the body is not
    else if (char === '{' && (braces > 0 || brackets === 0)) braces++
    else if (char === '}' && braces > 0) braces--
    else if (braces === 1 && brackets === 0 && scanner.word === 'constructor' && scanner.beginsMember) {
      const open = scanner.peek()
      if (open !== undefined && source[open] === '(') return open
    }
  }
  return undefined
}

const FORWARDS = /super\(\.\.\.([\w$]+)\)/y

function readHead(source: string, open: number): SourceConstructor {
  const parameters: SourceParameter[] = []
  let depth = 0
  let fresh = true
  const scanner = new Scanner(source, open)
  for (let at = scanner.next(); at !== undefined; at = scanner.next()) {
    const char = source[at] ?? ''
    if (depth === 1 && fresh && !'),.'.includes(char)) {
      parameters.push({ name: scanner.word })
      fresh = false
    }
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    else if (char === ',' && depth === 1) fresh = true
    if (depth === 0) break
  }
  // the brace, and what comes first: comments are passed over
  scanner.next()
  FORWARDS.lastIndex = scanner.next() ?? source.length
  const forwarded = FORWARDS.exec(source)?.[1]
  const forwards = forwarded === 'arguments' || (forwarded !== undefined && forwarded === parameters[0]?.name)
  return { parameters, forwards }
}

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy
const KEYWORD_BEFORE_REGEX =
  /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await|instanceof)$/

/** What has a statement behind its brackets. */
const HEAD = /^(?:if|for|while|with)$/
const HEAD_END = ') of a head'
const NAME = 'name'

/** Steps over the tokens of a piece of JavaScript; strings, templates, comments and regular expressions are skipped. */
class Scanner {
  /** The word at the current token, if it is one. */
  word: string | undefined
  /** Can the current token begin a member of a class? */
  beginsMember = false

  readonly #source: string
  #at: number
  #before = ''
  /** Of each bracket that is open: does a statement follow it, as the head of an `if`? */
  readonly #heads: boolean[] = []

  constructor(source: string, at: number) {
    this.#source = source
    this.#at = at
  }

  /** Index of the next token. */
  next(): number | undefined {
    const newline = this.#skip()
    const start = this.#at
    const char = this.#source[start]
    if (char === undefined) return undefined
    WORD.lastIndex = start
    this.word = WORD.exec(this.#source)?.[0]
    this.beginsMember =
      /^[{};]$/.test(this.#before) || (newline && !/^[=.,+\-*/%&|^<>?:~!(]$/.test(this.#before))
    const isOfHead = char === ')' && this.#heads.pop() === true
    if (char === '(') this.#heads.push(HEAD.test(this.#before))
    // `n++` is a value as a name is: what divides it is no regular expression, and a line after it may begin a member
    const isDoubled =
      (char === '+' || char === '-') && this.#before === char && this.#source[start - 1] === char
    if (isDoubled) this.#before = char + char
    else if (this.word !== undefined) this.#before = this.#meaning(this.word)
    else this.#before = isOfHead ? HEAD_END : char
    this.#at = start + (this.word?.length ?? 1)
    return start
  }

  /** What a word tells of what may follow it. */
  #meaning(word: string): string {
    // a property may have the name of a keyword
    if (this.#before === '.' || this.#before === '#') return NAME
    return word === 'await' && this.#before === 'for' ? 'for' : word
  }

  /** Index of the token after the current one. */
  peek(): number | undefined {
    this.#skip()
    return this.#at < this.#source.length ? this.#at : undefined
  }

  /** Skips what is no token; tells whether it went over the end of a line. */
  #skip(): boolean {
    let newline = false
    for (;;) {
      const char = this.#source[this.#at]
      const pair = char === '/' ? this.#source[this.#at + 1] : undefined
      if (char === '\n') {
        newline = true
        this.#at++
      } else if (char === ' ' || char === '\t' || char === '\r') this.#at++
      else if (pair === '/') this.#to('\n')
      else if (pair === '*') this.#past('*/', this.#at + 2)
      else if (char === '"' || char === "'") this.#skipQuoted(char)
      else if (char === '`') this.#skipTemplate()
      else if (char === '/' && this.#regexMayFollow()) this.#skipRegex()
      else return newline
    }
  }

  #to(text: string): void {
    const end = this.#source.indexOf(text, this.#at)
    this.#at = end < 0 ? this.#source.length : end
  }

  #past(text: string, from: number): void {
    const end = this.#source.indexOf(text, from)
    this.#at = end < 0 ? this.#source.length : end + text.length
  }

  #skipQuoted(quote: string): void {
    this.#at++
    while (this.#at < this.#source.length && this.#source[this.#at] !== quote) {
      this.#at += this.#source[this.#at] === '\\' ? 2 : 1
    }
    this.#at++
    this.#before = quote
  }

  #skipTemplate(): void {
    this.#at++
    while (this.#at < this.#source.length && this.#source[this.#at] !== '`') {
      if (this.#source[this.#at] === '\\') this.#at += 2
      else if (this.#source.startsWith('${', this.#at)) this.#skipSubstitution()
      else this.#at++
    }
    this.#at++
    this.#before = '`'
  }

  #skipSubstitution(): void {
    const inner = new Scanner(this.#source, this.#at + 1)
    let depth = 0
    for (let at = inner.next(); at !== undefined; at = inner.next()) {
      if (this.#source[at] === '{') depth++
      else if (this.#source[at] === '}' && --depth === 0) break
    }
    this.#at = inner.#at
  }

  #regexMayFollow(): boolean {
    return (
      this.#before === '' ||
      this.#before === HEAD_END ||
      /^[(,=:[!&|?{};+\-*%<>~^]$/.test(this.#before) ||
      KEYWORD_BEFORE_REGEX.test(this.#before)
    )
  }

  #skipRegex(): void {
    let inClass = false
    for (this.#at++; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]
      if (char === '\\') this.#at++
      else if (char === '[') inClass = true
      else if (char === ']') inClass = false
      else if ((char === '/' && !inClass) || char === '\n') break
    }
    this.#at++
    this.#before = '/regex/'
  }
}
