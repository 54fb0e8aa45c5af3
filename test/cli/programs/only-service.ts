import { Service } from 'keelson'

@Service()
export class Feed {}

export const limit = 3
