import { createRequire } from 'node:module'
import type { Observable } from 'rxjs'
import type { isSubscription } from 'rxjs/internal/Subscription'

/** What of rxjs is needed here. */
interface Rxjs {
  readonly Observable: typeof Observable
  readonly isSubscription: typeof isSubscription
}

/**
 * Loads rxjs. Done when the first stream is asked for: it was a quarter of the import of the whole package, 25 ms of
 * 98 in a fresh process on Node 20.20. Who bundles a program leaves rxjs outside, since bundlers do not see this.
 *
 * `rxjs/internal/…` and not `rxjs`: the same class under Node (a test proves it), 16 files instead of 223.
 */
export function loadRxjs(): Rxjs {
  const require = createRequire(import.meta.url)
  return {
    ...(require('rxjs/internal/Observable') as Pick<Rxjs, 'Observable'>),
    ...(require('rxjs/internal/Subscription') as Pick<Rxjs, 'isSubscription'>)
  }
}
