import { AsyncResource } from 'node:async_hooks'
import { createHash, generateKeyPair, pbkdf2, randomBytes, scrypt, scryptSync } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { createGzip, gunzip, gzip } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { Service, Task, type ServiceContext } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { rejection, takes } from '../app/journal.js'

const workers: Worker[] = []
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate()
})

/** A thread that does what the text says. */
function thread(text: string): Worker {
  const worker = new Worker(text, { eval: true })
  workers.push(worker)
  return worker
}

const exit = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once('exit', resolve))
const online = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once('online', resolve))
const derive = (): Promise<unknown> => promisify(scrypt)('a', 'b', 64)

const KINDS: Record<string, () => Promise<unknown>> = {
  scrypt: derive,
  pbkdf2: () => promisify(pbkdf2)('a', 'b', 20_000, 64, 'sha512'),
  'a pair of keys': () => promisify(generateKeyPair)('rsa', { modulusLength: 1024 }),
  'many random bytes': () => promisify(randomBytes)(2_000_000),
  'a digest of web crypto': () => crypto.subtle.digest('SHA-512', new Uint8Array(5_000_000)),
  gzip: () => promisify(gzip)(Buffer.alloc(5_000_000)),
  'a query to a name server': async () => {
    const resolver = new Resolver({ timeout: 60, tries: 1 })
    resolver.setServers(['127.0.0.1:9'])
    await rejection(resolver.resolve4('nobody.invalid'))
  },
  'a worker that ends': () => exit(thread('setTimeout(() => {}, 20)')),
  'a worker that computes': () => exit(thread('const end = Date.now() + 300; while (Date.now() < end);')),
  'a worker being terminated': async () => {
    const worker = thread('setInterval(() => {}, 1000)')
    await online(worker)
    await worker.terminate()
  },
  'a worker that answers': async () => {
    const worker = thread(
      `const { parentPort } = require('node:worker_threads')
      parentPort.once('message', (size) => {
        const end = Date.now() + 100
        while (Date.now() < end);
        parentPort.postMessage(size)
      })`
    )
    const answer = new Promise((resolve) => worker.once('message', resolve))
    worker.postMessage(1, [])
    await answer
    await worker.terminate()
  }
}

describe('real work', () => {
  it.each(Object.entries(KINDS))('lets no time limit of a hook pass: %s', async (_kind, work) => {
    @Service({ startTimeout: '1ms', stopTimeout: '1ms' })
    class Worker {
      async onStart(): Promise<void> {
        await work()
      }
      async onStop(): Promise<void> {
        await work()
      }
    }
    await using app = await createTestApplication(Worker).start()
    await app.stop()
    expect(app.clock.monotonic()).toBe(0)
  })

  it('lets no time limit of a hook pass when turns of the loop lie between one piece and the next', async () => {
    @Service({ startTimeout: '1ms' })
    class Worker {
      async onStart(): Promise<void> {
        for (let pass = 0; pass < 5; pass++) {
          await promisify(randomBytes)(2_000_000)
          await turn()
          await turn()
        }
      }
    }
    await using app = await createTestApplication(Worker).start()
    expect(app.clock.monotonic()).toBe(0)
  })

  it('lets no time limit of a hook pass when a piece begins and ends between two looks', async () => {
    @Service({ startTimeout: '1ms' })
    class Worker {
      async onStart(): Promise<void> {
        for (let pass = 0; pass < 20; pass++) {
          await promisify(randomBytes)(100)
          await turn()
          await turn()
        }
      }
    }
    // as on a machine that is busy with something else
    let hog = setTimeout(hold, 1)
    function hold(): void {
      for (const until = performance.now() + 4; performance.now() < until;);
      hog = setTimeout(hold, 1)
    }
    await using app = await createTestApplication(Worker).start()
    clearTimeout(hog)
    expect(app.clock.monotonic()).toBe(0)
  })

  it('is waited for by idle(), also in a task', async () => {
    const done: string[] = []
    @Service()
    class Worker {
      @Task() async pack(): Promise<void> {
        await promisify(gzip)(Buffer.alloc(5_000_000))
        done.push('packed')
      }
      @Task() async compute(): Promise<void> {
        await exit(thread('setTimeout(() => {}, 20)'))
        done.push('computed')
      }
    }
    await using app = await createTestApplication(Worker).start()
    await app.idle()
    expect(done.toSorted()).toEqual(['computed', 'packed'])
  })

  it.each<[string, () => unknown]>([
    [
      'a worker that waits for orders',
      () => online(thread(`require('node:worker_threads').parentPort.ref()`))
    ],
    ['a worker whose heart beats', () => online(thread('setInterval(() => {}, 5)'))],
    ['a worker that does not hold the process', () => thread('setInterval(() => {}, 1000)').unref()],
    ['a stream that packs, and is open', () => void createGzip().write('a')],
    ['a stream that nobody reads', () => void createGzip({ level: 0 }).write(Buffer.alloc(100_000))],
    ['a stream that broke', () => rejection(promisify(gunzip)(Buffer.from('nonsense')))],
    ['what was done at once', () => [scryptSync('a', 'b', 64), randomBytes(8), createHash('sha1').digest()]]
  ])('is not: %s', async (_what, begin) => {
    @Service({ stopTimeout: '1h' })
    class Owner {
      async onStart(): Promise<void> {
        await begin()
      }
      async onStop(context: ServiceContext): Promise<void> {
        for (let n = 0; n < 600; n++) await takes(1000)(context)
      }
    }
    const app = await createTestApplication(Owner, { shutdownTimeout: '1h' }).start()
    // if it were waited for at each of these steps, this would take most of an hour
    await app.stop()
    expect(app.clock.monotonic()).toBe(600_000)
    for (const worker of workers.splice(0)) await worker.terminate()
    await app[Symbol.asyncDispose]()
  })

  it('that is left behind is named: a worker, unless it holds nothing up', async () => {
    @Service()
    class Owner {
      async onStart(): Promise<void> {
        await online(thread('setInterval(() => {}, 1000)'))
        thread('setInterval(() => {}, 1000)').unref()
      }
    }
    const app = await createTestApplication(Owner).start()
    const failure = await rejection(app[Symbol.asyncDispose]())
    expect(failure).toMatchObject({ code: 'KEEL_LEFT_BEHIND' })
    expect(String(failure)).toContain('left behind: Worker of Owner\n')
  })
})

describe('a real timer of a hook', () => {
  it('is waited for although one of the test, open when the application was made, has ended', async () => {
    const ofTheTest = setTimeout(() => {}, 10_000)
    @Service()
    class Reader {
      async onStart(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    const app = await createTestApplication(Reader).create()
    clearTimeout(ofTheTest)
    await app.start()
    expect(app.clock.monotonic()).toBe(0)
    await app.stop()
  })
})

describe('a file that a hook closes', () => {
  it('is waited for although one of the test, closing when the application was made, is closed', async () => {
    const [ofTheTest, ofTheHook] = [await open(import.meta.filename), await open(import.meta.filename)]
    @Service()
    class Reader {
      onStart(): Promise<void> {
        return ofTheHook.close()
      }
    }
    // what is loaded with the first application is there by now
    await (await createTestApplication(Reader).create())[Symbol.asyncDispose]()
    const closed = ofTheTest.close()
    // these hold up what the hook does: there are four threads for files and for this
    const held = Array.from({ length: 4 }, () => promisify(pbkdf2)('a', 'b', 100_000, 64, 'sha512'))
    const app = await createTestApplication(Reader).create()
    await closed
    await app.start()
    expect(app.clock.monotonic()).toBe(0)
    await Promise.all(held)
    await app.stop()
  })
})

/** As web crypto does since Node.js 24, seen from the realm in which jest runs a test. */
class JobOfAnotherRealm extends AsyncResource {
  constructor() {
    super('HASHREQUEST', { requireManualDestroy: true })
  }
  run(): unknown {
    return runInNewContext('new Promise(() => {})')
  }
}

describe('a job that answers with a promise of another realm', () => {
  it('is waited for', async () => {
    @Service({ startTimeout: '1s' })
    class Hashing {
      async onStart(): Promise<void> {
        const job = new JobOfAnotherRealm()
        void job.run()
        // a real timer that holds nothing up is not waited for
        await new Promise((resolve) => setTimeout(resolve, 60).unref())
        job.emitDestroy()
      }
    }
    const app = await createTestApplication(Hashing).start()
    expect(app.clock.monotonic()).toBe(0)
    await app.stop()
  })
})
