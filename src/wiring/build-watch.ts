import type { StopFailure } from '../errors/index.js'
import type { Patience } from './release.js'

/** Something that a building waits for. */
export interface Awaited {
  /** Of a factory its provider, else the module that imports what is awaited. */
  readonly service: string
  /** `'factory'`, or where the promise of a module stands: `'imports[0] of App'`. */
  readonly phase: string
}

/** Whoever builds an application looks on by this, and ends it before its time. */
export interface BuildWatch {
  /** Nothing more is waited for: the building fails at once, with the reason. */
  readonly signal?: AbortSignal
  /** Nothing more is begun: what is under way is awaited, then the building fails with the reason. */
  readonly abandoned?: AbortSignal
  /** How long each disposal of what was made in vain may take; default: any time. */
  readonly patience?: Patience | undefined
  /** Something is awaited, until the function is called that this gives. */
  awaits?(what: Awaited): () => void
  /** Something went wrong that the building does not fail with, since it was abandoned before. */
  failed?(failure: StopFailure): void
}
