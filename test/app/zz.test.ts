import { it } from 'vitest'
import { createApplication } from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { Journal, never, rejection, throws } from './journal.js'
it('x', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStart: throws(new Error('boom')) })
    const owner = journal.service('Owner', { onStart: ({ addChild }) => addChild(child) })
    const top = journal.service('Top', { needs: [owner] })
    const app = await createTestApplication([top]).create()
    void app.start().catch((e) => console.log(e.path, e))
    await new Promise((r) => setTimeout(r, 1000))
    console.log(app.state, app.services.map((s) => `${s.name} ${s.state} ${s.children.map((c) => c.name + c.state)}`), app.events.names(), app.clock.pending)
})
it('y', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStarted: never })
    const owner = journal.service('Owner', { onStart: ({ addChild }) => addChild(child) })
    const app = await createTestApplication([owner], {startTimeout: '3s'}).create()
    const e = await rejection(app.start())
    console.log((e as any).path, (e as any).phase)
})
