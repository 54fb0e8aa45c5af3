import { Service, type Class, type ServiceContext } from 'keelson'
import { createTestApplication, type TestApplication, type TestApplicationOptions } from 'keelson/testing'

/** A service that runs and only gives away the context of its first run. */
export async function idle(
  options?: TestApplicationOptions
): Promise<{ app: TestApplication; context: ServiceContext; service: Class }> {
  let context!: ServiceContext
  @Service()
  class Idle {
    onStart(given: ServiceContext): void {
      context = given
    }
  }
  const app = await createTestApplication(Idle, options).start()
  return { app, context, service: Idle }
}
