import type { LiveApplication } from '../app/index.js'
import { describeUnrest, dump } from '../dump/index.js'
import { drainDelayFor, stop } from './ending.js'
import type { ProcessOptions } from './process-options.js'
import { SignalListener } from './signal-listener.js'

/** In a process that is somebody else's: hears what the options name, from the start of an application to the end of its stop. */
export function hearSignals(app: LiveApplication, own: ProcessOptions): void {
  if (own.signals.length === 0 && own.dumpSignal === undefined) return
  let listener: SignalListener | undefined
  app.state$.subscribe((state) => {
    if (state === 'starting') {
      listener = new SignalListener(own, {
        stop: (signal) => void stop(app, { kind: 'signal', detail: signal }, drainDelayFor(app, signal)),
        describe: () => dump(app),
        describeUnrest: () => describeUnrest(app)
      })
    } else if (state === 'stopped' || state === 'crashed') listener?.off()
  })
}
