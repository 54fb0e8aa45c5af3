import { KeelsonError, nameAfterClass } from './keelson-error.js'

/** Starting, stopping, waiting or asking was done at the wrong time, or took too long. */
export class LifecycleError extends KeelsonError {
  static {
    nameAfterClass(this)
  }
}
