// What TypeScript makes of objects with options. Checked by `tsc` alone, and so nothing here runs.
import { expectTypeOf, it } from 'vitest'
import type {
  AddChildOptions,
  ServiceBase,
  ServiceContext,
  ServiceFromOptions,
  ServiceHandle,
  WaitUntilStoppedOptions
} from '../../src/index.js'
import type { slice, SliceOptions, TestApplication, UntilOptions } from '../../src/testing/index.js'

it('each has a name that can be imported', () => {
  expectTypeOf<ServiceContext['addChild']>().parameter(1).toEqualTypeOf<AddChildOptions | undefined>()
  expectTypeOf<ServiceBase['addChild']>().parameter(1).toEqualTypeOf<AddChildOptions | undefined>()
  expectTypeOf<ServiceHandle['waitUntilStopped']>()
    .parameter(0)
    .toEqualTypeOf<WaitUntilStoppedOptions | undefined>()
  expectTypeOf<typeof ServiceBase.from>().parameter(1).toEqualTypeOf<ServiceFromOptions | undefined>()
  expectTypeOf<TestApplication['until']>().parameter(2).toEqualTypeOf<UntilOptions | undefined>()
  expectTypeOf<typeof slice>().parameter(1).toEqualTypeOf<SliceOptions | undefined>()
})
