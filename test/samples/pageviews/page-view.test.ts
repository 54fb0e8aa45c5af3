import { expect, it } from 'vitest'
import type { LogEntry } from '../../../samples/pageviews/ingest/parse-line.js'
import { isPageView } from '../../../samples/pageviews/stats/page-view.js'

const entry = (method: string, path: string, status: number) => ({ method, path, status }) as LogEntry

it.each([
  ['HEAD', '/boats', 200],
  ['POST', '/boats', 200],
  ['-', '-', 200],
  ['GET', '/boats', 301],
  ['GET', '/boats', 404],
  ['GET', '/boats', 500],
  ['GET', '/boats', 101],
  ['GET', '/style.css', 200],
  ['GET', '/images/Logo.PNG', 200],
  ['GET', '/favicon.ico', 304]
])('%s %s %d is no page view', (method, path, status) => {
  expect(isPageView(entry(method, path, status))).toBe(false)
})

it.each([
  ['GET', '/', 200],
  ['GET', '/boats', 206],
  ['GET', '/boats', 304],
  ['GET', '/boats.html', 200],
  ['GET', '/css', 200],
  ['GET', '/a.js/b', 200]
])('%s %s %d is a page view', (method, path, status) => {
  expect(isPageView(entry(method, path, status))).toBe(true)
})
