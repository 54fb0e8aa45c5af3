import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearestFile } from './entry/upward.js'

/** The folder of this package, wherever in it this file has been built into. */
export function ownFolder(): string {
  return dirname(ownManifest())
}

/** The version of this package. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(ownManifest(), 'utf8')) as { readonly version?: string }
  return version ?? '0.0.0'
}

function ownManifest(): string {
  const manifest = nearestFile(dirname(fileURLToPath(import.meta.url)), 'package.json')
  if (manifest === undefined) throw new TypeError('this file is in no package')
  return manifest
}
