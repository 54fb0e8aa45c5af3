import { Module, Service } from 'keelson'

@Service()
export class Feed {
  onModuleInit(): void {}
}

@Module({ providers: [Feed] })
export class FeedModule {}
