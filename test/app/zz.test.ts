import { it } from 'vitest'
import { Service, Timer, type ServiceContext } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { ScheduledWork } from '../../src/schedule/index.js'
it('x', async () => {
    const st = ScheduledWork.prototype.start
    ScheduledWork.prototype.start = function () { console.log(new Error('started').stack); st.call(this) }
    @Service()
    class Ticker {
      @Timer('1s') tick(): void { }
    }
    const app = await createTestApplication(Ticker).start()
    console.log(app.service(Ticker).tasks)
    ScheduledWork.prototype.start = st
})
