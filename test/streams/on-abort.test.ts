import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { keepListening, offAbort, onAbort } from '../../src/streams/index.js'

const listener = (): void => {}

describe('listeners of an abort', () => {
  it('are called once, in order, also when one takes another off or adds one', () => {
    const controller = new AbortController()
    const calls: string[] = []
    const second = (): void => void calls.push('second')
    onAbort(controller.signal, () => {
      calls.push('first')
      offAbort(controller.signal, second)
      onAbort(controller.signal, () => calls.push('late'))
    })
    onAbort(controller.signal, second)
    controller.abort()
    expect(calls).toEqual(['first', 'second'])
  })

  it('may be taken off twice, and where none was put', () => {
    const { signal } = new AbortController()
    offAbort(signal, listener)
    onAbort(signal, listener)
    offAbort(signal, listener)
    offAbort(signal, listener)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('share one event listener, which stays where that was asked for', () => {
    const controller = new AbortController()
    const { signal } = controller
    keepListening(signal)
    const calls: string[] = []
    const second = (): void => void calls.push('second')
    for (let n = 0; n < 20; n++) {
      onAbort(signal, second)
      offAbort(signal, second)
      expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    }
    onAbort(signal, () => calls.push('first'))
    onAbort(signal, second)
    controller.abort()
    expect(calls).toEqual(['first', 'second'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
