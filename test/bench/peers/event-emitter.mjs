import { EventEmitter } from 'node:events'

export function events() {
  const emitter = new EventEmitter()
  return (event) => emitter.emit('event', event)
}

export function states(listener) {
  const emitter = new EventEmitter()
  emitter.on('state', listener)
  return (state) => emitter.emit('state', state)
}
