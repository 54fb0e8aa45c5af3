import { Inject, Service } from 'keelson'

@Service()
export class Feed {
  constructor(@Inject('URL') readonly url: string) {}
}
