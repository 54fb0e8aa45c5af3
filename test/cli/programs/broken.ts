import { Inject, Module, Service } from 'keelson'

@Service()
export class Feed {
  constructor(@Inject('URL') readonly url: string) {}
}

@Service()
export class Reader {
  constructor(@Inject('CLOCK') readonly clock: object) {}
}

@Module({ providers: [Feed, Reader] })
export class BrokenModule {}
