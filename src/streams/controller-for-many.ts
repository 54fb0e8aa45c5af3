import { setMaxListeners } from 'node:events'

/** A controller whose signal is handed to users, any number of whom may listen: Node takes the eleventh for a leak. */
export function controllerForMany(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}
