import * as keelson from 'keelson'
import * as testing from 'keelson/testing'
import { expect, it } from 'vitest'

it('exports exactly what test/golden/public-api.txt lists, no more and no less', async () => {
  const lines = [...exportsOf('keelson', keelson), '', ...exportsOf('keelson/testing', testing), '']
  // after a change on purpose: npx vitest run test/public-api.test.ts -u
  await expect(lines.join('\n')).toMatchFileSnapshot('golden/public-api.txt')
})

function exportsOf(name: string, module: object): string[] {
  const names = Object.entries(module).map(([key, value]) => `${key}: ${kindOf(value)}`)
  return [name, ...names.toSorted().map((line) => `  ${line}`)]
}

function kindOf(value: unknown): string {
  if (typeof value !== 'function') return typeof value
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
}
