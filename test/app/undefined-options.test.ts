import { expect, it } from 'vitest'
import {
  type ApplicationOptions,
  createApplication,
  Cron,
  HealthCheck,
  inject,
  Injectable,
  InjectionToken,
  Module,
  Service,
  ServiceBase,
  type ServiceContext,
  Supervisor,
  Task,
  Timer
} from 'keelson'
import { createTestApplication, createTestContext, slice, TestClock } from 'keelson/testing'

const none = undefined
const LATER = new InjectionToken<string>('LATER', { factory: none })
const MADE = new InjectionToken<string>('MADE')

@Injectable({ lifetime: none, inject: none })
class Plain {}

@Service({
  name: none,
  inject: none,
  startTimeout: none,
  stopTimeout: none,
  restart: none,
  lifecycleLogLevel: none,
  waitForShutdown: none,
  shutdownTimeout: none,
  critical: none
})
class Orders {
  readonly plain = inject(Plain, { optional: none })
  readonly made = inject(MADE)
  readonly later = inject(LATER, { optional: true })

  async onStart({ addChild }: ServiceContext): Promise<void> {
    await addChild(
      new Supervisor([], { strategy: none, maxRestarts: none, within: none, replacement: none }),
      {
        name: none,
        providers: none
      }
    )
  }
  @Task({ name: none, onError: none, timeout: none }) work(): void {}
  @Timer('1s', {
    immediate: none,
    mode: none,
    overlap: none,
    onError: none,
    failAfter: none,
    enabled: none,
    jitter: none,
    timeout: none,
    name: none
  })
  tick(): void {}
  @Cron('* * * * *', { timezone: none, misfire: none, overlap: none, name: none, jitter: none })
  nightly(): void {}
  @HealthCheck({ name: none, timeout: none, critical: none }) ping(): void {}
}

@Module({
  imports: none,
  providers: [
    { provide: 'orders', useClass: Orders, lifetime: none, name: none, multi: none },
    {
      provide: MADE,
      useFactory: () => 'made',
      inject: none,
      lifetime: none,
      dispose: none,
      startTimeout: none,
      multi: none
    }
  ],
  exports: none,
  global: none,
  supervisor: {
    strategy: none,
    backoff: { initial: none, factor: none, max: none, jitter: none, resetAfter: none }
  }
})
class Shop {}

@Service()
class Clerk {}

const dynamic = { module: Shop, imports: none, providers: none, exports: none, global: none }

const options: { readonly [K in keyof Required<ApplicationOptions>]: undefined } = {
  name: none,
  logger: none,
  container: none,
  providers: none,
  supervisor: none,
  startTimeout: none,
  shutdownTimeout: none,
  drainDelay: none,
  drainTimeout: none,
  concurrency: none,
  timezone: none,
  signals: none,
  dumpSignal: none,
  runUntil: none,
  blockingTimeout: none,
  redirectConsole: none,
  control: none,
  clock: none
}

it('an option that is undefined counts as one that is left out', async () => {
  const { logger: _, ...rest } = options
  await using app = await createApplication(dynamic, { ...rest, logger: false })
  expect(app.name).toBe('Shop')
  expect((await createApplication(Clerk, options)).name).toBe('Clerk')

  await using tested = await createTestApplication(dynamic, {
    name: none,
    container: none,
    providers: none,
    clock: none
  }).start()
  expect(tested.clock).toBeInstanceOf(TestClock)
  await tested.until('orders', 'running', { timeout: none })
  await tested.clock.advance('1m')
  expect(tested.events.ofType('timer.ran')).toHaveLength(60)
  expect(tested.events.ofType('cron.ran')).toHaveLength(1)
  const { later, made, plain } = tested.get('orders', { from: none }) as Orders
  expect({ later, made, plain }).toEqual({ later: undefined, made: 'made', plain: new Plain() })
  expect(tested.service('orders').children.map(({ name }) => name)).toEqual(['Orders/Supervisor'])
  expect((await tested.checkHealth()).services[0]?.checks).toMatchObject([{ name: 'ping' }])
  expect(slice(Orders, { from: none })).toEqual(slice(Orders))
})

it('so it does in what a service calls', async () => {
  const { wait, waitFirst, waitAll, interval, addTask } = createTestContext()
  expect(await wait(Promise.resolve(1), { timeout: none })).toEqual({ status: 'done', value: 1 })
  expect(await waitFirst([Promise.resolve(1)], { timeout: none })).toMatchObject({ status: 'done' })
  expect(await waitAll([Promise.resolve(1)], { timeout: none })).toMatchObject({ status: 'done' })
  expect(() => interval('1s', { immediate: none, mode: none, jitter: none, name: none })).not.toThrow()
  expect(await addTask(async () => 2, { name: none, onError: none, timeout: none })).toBe(2)

  await using service = ServiceBase.from(async () => {}, { name: none })
  await service.start()
  await service.waitUntilStopped({ timeout: none })
  expect(service.name).toBe('PieceOfWork')
})
