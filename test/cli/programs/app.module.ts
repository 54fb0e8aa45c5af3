import { inject, Module, Service } from 'keelson'

@Service()
export class Socket {}

@Service()
export class Feed {
  constructor(readonly socket: Socket) {}
}

@Service()
export class Reader {
  readonly mailer = inject(Mailer)
  constructor(readonly feed: Feed) {}

  onStart(): void {
    throw new Error('nothing may start')
  }
}

@Service()
export class Mailer {}

@Module({ providers: [Reader, Feed, Socket, Mailer] })
export default class AppModule {}
