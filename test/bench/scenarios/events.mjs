import { loadPeer } from '../peers/index.mjs'
import { throughput } from '../harness/throughput.mjs'

export default {
  title: 'Events and states',
  contestants: ['handwritten', 'keelson', 'rxjs', 'event-emitter'],
  base: 'handwritten',
  metrics: [
    { key: 'ns', unit: 'ns' },
    { key: 'perSecond', unit: '/s', better: 'more' }
  ],
  bars: ({ kind }) => [
    {
      number: 13,
      what: 'streams',
      metric: 'ns',
      bar: kind === 'event' ? 50 : 150,
      aim: kind === 'event' ? 20 : 100
    }
  ],
  cases: () => [
    { label: 'an event published, no subscriber', kind: 'event' },
    { label: 'a state changed, one subscriber', kind: 'state' }
  ],
  async measure(contestant, { kind }) {
    const { peer } = await loadPeer(contestant)
    let [seen, sent] = [0, 0]
    const send = await (kind === 'event' ? peer.events() : peer.states(() => seen++))
    const before = seen
    const measured = await throughput(() => send(++sent))
    return {
      ...measured,
      complaint: kind === 'event' || seen - before === sent ? '' : `${seen} of ${sent} arrived`
    }
  }
}
