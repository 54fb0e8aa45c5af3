import { isToken, type Token, unwrapToken } from '../tokens/index.js'
import { isOverflow } from './overflow.js'

/**
 * The token behind `() => token`, `undefined` when its file has not been evaluated either, and when what it gives is no
 * token.
 */
export function unwrap(token: Token | (() => Token)): Token | undefined {
  try {
    const found: unknown = unwrapToken(token)
    if (found === token) return token as Token
    if (isToken(found)) return found
    // that it is none is told; what an async function fails with is not to be the end of the process as well
    if (found instanceof Promise) found.catch(() => {})
    return undefined
  } catch (error) {
    if (isOverflow(error)) throw error
    return undefined
  }
}
