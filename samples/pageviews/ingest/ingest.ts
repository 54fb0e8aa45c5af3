import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Service, Task, type ServiceContext } from 'keelson'
import { Options } from '../config/options.js'
import { Aggregator } from '../stats/aggregator.js'
import { LogFiles } from './log-files.js'
import { parseLine } from './parse-line.js'
import type { Block } from './position.js'
import { followFile, readFile } from './read-file.js'
import { readStream } from './read-stream.js'

/** Reads all sources at once, and hands what it reads to the aggregator. */
@Service()
export class Ingest {
  #reading: Promise<unknown> = Promise.resolve()
  #lines = 0

  constructor(
    private readonly options: Options,
    private readonly files: LogFiles,
    private readonly aggregator: Aggregator
  ) {}

  /** A file that is not there fails the start; one that is followed may come later. */
  async onStart(): Promise<void> {
    for (const path of this.options.files) {
      if (path !== '-') await access(this.options.follow ? dirname(path) : path, constants.R_OK)
    }
  }

  @Task()
  async read(context: ServiceContext): Promise<void> {
    const began = context.clock.monotonic()
    this.#reading = Promise.all(this.options.files.map((path) => this.#count(this.#source(path, context))))
    await this.#reading
    const seconds = (context.clock.monotonic() - began) / 1000
    const speed = Math.round(this.#lines / seconds)
    context.log.info('read %d lines in %s s, %d a second', this.#lines, seconds.toFixed(2), speed)
  }

  /** Reading ends when `draining` aborts: wait until what is in hand is counted. */
  async onDrain(): Promise<void> {
    await Promise.allSettled([this.#reading])
  }

  #source(path: string, { draining, sleep }: ServiceContext): AsyncIterable<Block> {
    if (path === '-') return readStream(process.stdin, 'standard input', draining)
    if (this.options.follow) return followFile(path, this.files, draining, () => sleep('250ms'))
    return readFile(path, this.files, draining)
  }

  async #count(blocks: AsyncIterable<Block>): Promise<void> {
    for await (const { source, lines, position } of blocks) {
      for (const line of lines) {
        const entry = parseLine(line)
        if (typeof entry === 'string') this.aggregator.reject({ source, reason: entry, line })
        else this.aggregator.count(entry)
      }
      this.#lines += lines.length
      this.aggregator.reached(position)
      if (position !== undefined) this.files.reached(position)
    }
  }
}
