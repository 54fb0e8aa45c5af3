import { Module, Service } from 'keelson'

@Service()
export class Feed {}

@Module({ providers: [Feed] })
export class FeedModule {}

export const limit = 3
