import { Module, Service, ServiceContext, Timer } from 'keelson'

/** Who sells flour. A test does not want to buy any. */
export abstract class Mill {
  abstract order(kilos: number): Promise<void>
}

/** Keeps an eye on the flour, and orders more before it runs out. */
@Service({ inject: [Mill] })
export class Stock {
  kilos = 100

  constructor(private readonly mill: Mill) {}

  onStart({ log }: ServiceContext): void {
    log.info('%d kilos of flour', this.kilos)
  }

  /** A bakery needs 20 kilos an hour. Three orders in a row that fail crash the service. */
  @Timer('1h', { failAfter: 3 })
  async count({ log }: ServiceContext): Promise<void> {
    this.kilos -= 20
    if (this.kilos > 40) return
    await this.mill.order(100)
    this.kilos += 100
    log.info('ordered flour')
  }
}

class MillByMail extends Mill {
  async order(kilos: number): Promise<void> {
    await fetch('https://mill.example/orders', { method: 'POST', body: JSON.stringify({ kilos }) })
  }
}

@Module({ providers: [Stock, { provide: Mill, useClass: MillByMail }] })
export class BakeryModule {}
