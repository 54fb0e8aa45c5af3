import { type Token, unwrapToken } from '../tokens/index.js'
import { isOverflow } from './overflow.js'

/** The token behind `() => token`, `undefined` when its file has not been evaluated either. */
export function unwrap(token: Token | (() => Token)): Token | undefined {
  try {
    return unwrapToken(token)
  } catch (error) {
    if (isOverflow(error)) throw error
    return undefined
  }
}
