import { describe, expect, it } from 'vitest'
import { dump, Service, ServiceBase, snapshot, Supervisor, Task, Timer, type ServiceContext } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { expectGolden } from '../golden.js'

@Service()
class Reader {
  @Task() async read({ setStatus, activity, stopRequested, addTask, addTimer, addChild }: ServiceContext) {
    setStatus('reads\npage 7')
    void addTask(stopRequested, { name: 'index' })
    void addTimer('1m', () => {}, { name: 'flush' })
    await addChild(class Page {})
    await activity('reading', stopRequested)
  }
  @Timer('10s') report(): void {}
}

/** The line of this file, from 1, on which a text first stands. */
async function lineWith(text: string): Promise<string> {
  const { readFileSync } = await import('node:fs')
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
  return `test/dump/dump.test.ts:${lines.findIndex((line) => line.includes(text)) + 1}`
}

describe('a snapshot', () => {
  it('tells of a crash that is to be followed by a restart what was thrown, and when', async () => {
    class Poller extends ServiceBase {
      onStart(): void {}
    }
    const poller = new Poller()
    const supervisor = new Supervisor([poller], { backoff: { initial: '5s', jitter: 0 } })
    await using app = await createTestApplication(supervisor).start()
    poller.crash(new Error('connection refused', { cause: new Error('no route') }))
    await app.clock.advance('1s')
    const details = snapshot(app).services.find(({ name }) => name.endsWith('Poller'))
    expect(details).toMatchObject({
      parent: 'Supervisor',
      state: 'backoff',
      restartPlanned: true,
      crashReason: { name: 'Error', message: 'connection refused', cause: { message: 'no route' } }
    })
    expect(dump(app)).toContain('backoff for 1s, run 1, to be restarted\n')
    expect(dump(app)).toContain('crashed by  Error: connection refused\n')
  })

  it('tells of a start that hangs which step of which service it waits for', async () => {
    @Service()
    class Slow {
      onStart = async ({ stopRequested }: ServiceContext): Promise<void> => stopRequested()
    }
    const app = await createTestApplication(Slow).create()
    const starting = app.start().catch(() => undefined)
    await app.clock.advance('3s')
    expect(snapshot(app).services[0]).toMatchObject({
      state: 'starting',
      pending: { step: 'onStart', forMs: 3000 }
    })
    await app.stop()
    await starting
    await app[Symbol.asyncDispose]()
  })

  it('is plain data, and has the graph, the services, their children, their work and the process', async () => {
    await using app = await createTestApplication(Reader, { name: 'Shop' }).start()
    await app.clock.advance('90s')
    const taken = snapshot(app)
    expect(JSON.parse(JSON.stringify(taken))).toEqual(taken)
    expect(taken).toMatchObject({ name: 'Shop', state: 'running', at: app.clock.now(), logLevel: 'trace' })
    expect(taken.process).toMatchObject({ pid: process.pid, node: process.versions.node })
    expect(taken.graph.nodes.map((node) => [node.name, node.state])).toEqual([
      ['Reader', 'running'],
      ['Reader/Page', 'running']
    ])
    expect(taken.services.map(({ name, parent, path }) => [name, parent, path])).toEqual([
      ['Reader', undefined, 'Shop/Reader'],
      ['Reader/Page', 'Reader', 'Shop/Reader/Page']
    ])
    expect(taken.services[0]).toMatchObject({
      run: 1,
      location: await lineWith('@Service()'),
      statusText: 'reads\npage 7',
      activities: ['reading'],
      tasks: [
        { name: 'read', kind: 'task', state: 'running', location: await lineWith('@Task()') },
        { name: 'report', kind: 'timer', runs: 9, location: await lineWith('@Timer(') },
        { name: 'index', kind: 'added', state: 'running', location: await lineWith('addTask(stop') },
        { name: 'flush', kind: 'added', runs: 1, location: await lineWith("addTimer('1m'") }
      ]
    })
  })

  it('can be taken of an application that is over', async () => {
    const app = await createTestApplication(Reader).start()
    await app[Symbol.asyncDispose]()
    expect(snapshot(app)).toMatchObject({
      state: 'stopped',
      services: [{ name: 'Reader', state: 'stopped' }]
    })
    expect(dump(app)).toMatch(/^── Reader: stopped for/)
  })
})

describe('work that is added to a service without a container', () => {
  it('tells where too', async () => {
    class Alone extends ServiceBase {
      get places(): (string | undefined)[] {
        return this.context.tasks.map((task) => task.location)
      }
    }
    const alone = new Alone()
    void alone.addTask(async () => undefined)
    expect(alone.places).toEqual([await lineWith('alone.addTask(')])
  })
})

describe('a dump', () => {
  it('shows what is known, one thing a line', async () => {
    await using app = await createTestApplication(Reader, { name: 'Shop' }).start()
    await app.clock.advance('90s')
    const text = dump(app)
      .replaceAll(/^(process|memory|open) .*$/gm, '$1 …')
      .replaceAll(/\.test\.ts:\d+/g, '.test.ts:…')
    expectGolden('dump/running.txt', text)
  })
})
