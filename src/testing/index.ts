/**
 * `keelson/testing`: applications on virtual time, for users' tests and our own. Depends on no test runner.
 * Start reading at `create-test-application.ts`, then `test-clock.ts`.
 */
import 'reflect-metadata'

export { construct } from './construct.js'
export { createTestApplication, TestApplicationBuilder } from './create-test-application.js'
export type { Override, TestApplicationOptions } from './create-test-application.js'
export { RecordedEvents } from './recorded-events.js'
export { slice } from './slice.js'
export type { Slice, SliceOptions } from './slice.js'
export type { LogRecord, TestApplication, UntilOptions } from './test-application.js'
export { TestClock } from './test-clock.js'
export type { PendingTimers } from './test-clock.js'
export { createTestContext } from './test-context.js'
