import { bootstrap, Inject, Injectable, InjectionToken, Module, Service, ServiceContext } from 'keelson'

/** What is no class needs a token. */
const PRICES = new InjectionToken<ReadonlyMap<string, number>>('PRICES')

/** Made once, when something needs it. It has no lifecycle, so it is no service. */
@Injectable()
class PriceList {
  constructor(@Inject(PRICES) private readonly prices: ReadonlyMap<string, number>) {}

  of(bread: string): number {
    return this.prices.get(bread) ?? 0
  }
}

@Service()
class Oven {
  onStart({ log }: ServiceContext): void {
    log.info('hot')
  }

  bake(bread: string): string {
    return `a loaf of ${bread}`
  }

  onShutdown({ log }: ServiceContext): void {
    log.info('cold')
  }
}

/** What is not in `exports` is visible inside only: nobody outside can get at PriceList's PRICES. */
@Module({
  providers: [Oven, PriceList, { provide: PRICES, useFactory: readPrices }],
  exports: [Oven, PriceList]
})
class KitchenModule {}

/** Starts when the oven runs, and stops before it does: that it is injected says so. */
@Service()
class Shop {
  constructor(
    private readonly oven: Oven,
    private readonly prices: PriceList
  ) {}

  onReady({ log }: ServiceContext): void {
    log.info('sold %s for %d', this.oven.bake('rye'), this.prices.of('rye'))
  }
}

@Module({ imports: [KitchenModule], providers: [Shop] })
class BakeryModule {}

/** A factory may be async. It is awaited before PriceList is constructed, which gets the map and no promise. */
async function readPrices(): Promise<ReadonlyMap<string, number>> {
  return new Map([
    ['rye', 4.5],
    ['wheat', 3.8]
  ])
}

await bootstrap(BakeryModule, { runUntil: 'started' })
