import type { LogEntry } from '../ingest/parse-line.js'

const ASSET = /\.(?:avif|css|gif|ico|jpe?g|js|json|map|mp[34]|otf|png|svg|ttf|txt|wasm|web[mp]|woff2?|xml)$/i

/**
 * A page view is what a reader sees: a `GET` of something that is no part of a page (style, script, image …), and
 * was delivered (2xx) or is still fresh in the reader's cache (304).
 */
export function isPageView({ method, status, path }: LogEntry): boolean {
  const delivered = (status >= 200 && status <= 299) || status === 304
  return delivered && method === 'GET' && !ASSET.test(path)
}
