import { types } from 'node:util'
import { ownerNow, type Owner } from './owners.js'
import { WorkerJob } from './worker-job.js'

/** What goes on outside the event loop, in a thread of its own or over the network. */
export interface Job {
  /** How it is called when it is left behind. */
  readonly kind: string
  /** Whether it keeps the process alive. */
  readonly isOpen: boolean
  /** Whether it is to be waited for: it is going to bring something, and soon. `now` is real, in milliseconds. */
  isAtWork(now: number): boolean
}

/** What has begun and is not over, by its id, in order. */
const jobs = new Map<
  number,
  { readonly job: Job; readonly owner: Owner | undefined; readonly number: number }
>()
let begun = 0

/**
 * How many jobs have begun so far: a mark for {@link jobsSince}.
 *
 * Seen are those that `process.getActiveResourcesInfo()` does not show: jobs of `node:crypto` and web crypto, whole
 * files (Node.js 26), chunks in `node:zlib`, queries to name servers, workers. Not seen are those of native add-ons, and of
 * WebAssembly.
 */
export function jobsSoFar(): number {
  return begun
}

/** The jobs that began after a mark. */
export function jobsSince(mark: number): Job[] {
  const since: Job[] = []
  for (const [id, { job, number }] of jobs) {
    // What was done at once would only be over when it is collected.
    if (job instanceof PoolJob && job.isDone) jobs.delete(id)
    else if (number > mark) since.push(job)
  }
  return since
}

/** The jobs of some owners that keep the process alive. */
export function jobsOf(owns: (owner: Owner) => boolean): { readonly kind: string; readonly owner: Owner }[] {
  const open: { kind: string; owner: Owner }[] = []
  for (const { job, owner } of jobs.values()) {
    if (owner !== undefined && owns(owner) && job.isOpen) open.push({ kind: job.kind, owner })
  }
  return open
}

/** For the hook that sees everything asynchronous: something begins. Tells whether it is a job. */
export function noteJob(id: number, type: string, resource: object): boolean {
  const job = jobOf(type, resource)
  if (job === undefined) return false
  jobs.set(id, { job, owner: ownerNow(), number: ++begun })
  return true
}

/** For the hook that sees everything asynchronous: something is over. */
export function noteJobEnd(id: number): void {
  jobs.delete(id)
}

function jobOf(type: string, resource: object): Job | undefined {
  if (type === 'WORKER') return new WorkerJob(resource)
  if (type === 'ZLIB') return new ZlibJob(resource)
  if (type === 'QUERYWRAP') return new Query(resource)
  if (type.endsWith('REQUEST') || (type === 'FSREQCALLBACK' && 'run' in resource))
    return new PoolJob(resource)
  return undefined
}

/** Asks a name server: it ends by being over. */
class Query implements Job {
  readonly #resource: WeakRef<{ readonly oncomplete?: unknown }>

  constructor(resource: object) {
    this.#resource = new WeakRef(resource)
  }

  get kind(): string {
    return nameOf(this.#resource.deref())
  }

  get isOpen(): boolean {
    return typeof this.#resource.deref()?.oncomplete === 'function'
  }

  isAtWork(): boolean {
    return this.isOpen
  }
}

/** The part of a job of the thread pool that we use. */
interface PoolHandle {
  run?: (this: PoolHandle, ...args: unknown[]) => unknown
}

/**
 * A job of the thread pool, such as one of crypto: it ends by being over. Nothing tells one that is done at once, in the
 * call that began it, but the answer to its `run()`, which is what came of it; of others that is nothing, or a promise (web
 * crypto from Node.js 24 on).
 */
class PoolJob implements Job {
  readonly kind: string
  /** Done in the call that began it. */
  isDone = false
  isOpen = false

  constructor(handle: PoolHandle) {
    this.kind = nameOf(handle)
    const { run } = handle
    if (run === undefined) return
    handle.run = (...args) => {
      delete handle.run
      const answer = run.apply(handle, args)
      this.isOpen = answer === undefined || types.isPromise(answer)
      this.isDone = !this.isOpen
      return answer
    }
  }

  isAtWork(): boolean {
    return this.isOpen
  }
}

/** The part of the handle of `node:zlib` that we read. */
interface ZlibHandle {
  readonly buffer?: unknown
}

/** The part of its stream. */
interface ZlibOwner {
  readonly destroyed: boolean
  readonly readableLength: number
  readonly readableHighWaterMark: number
}

/** A stream that packs or unpacks: at work as long as it has a chunk, and room for what becomes of it. */
class ZlibJob implements Job {
  readonly #handle: WeakRef<ZlibHandle>

  constructor(handle: ZlibHandle) {
    this.#handle = new WeakRef(handle)
  }

  get kind(): string {
    return nameOf(this.#handle.deref())
  }

  get isOpen(): boolean {
    const handle = this.#handle.deref()
    if (handle?.buffer === undefined || handle.buffer === null) return false
    const key = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'owner_symbol')
    const owner = key && (Reflect.get(handle, key) as ZlibOwner | undefined)
    // One that is broken or closed keeps its chunk; one that nobody reads goes on when somebody does.
    return owner !== undefined && !owner.destroyed && owner.readableLength < owner.readableHighWaterMark
  }

  isAtWork(): boolean {
    return this.isOpen
  }
}

function nameOf(resource: object | undefined): string {
  return resource?.constructor.name ?? 'a job'
}
