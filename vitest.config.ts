import { defineConfig } from 'vitest/config'

const file = (path: string): string => new URL(path, import.meta.url).pathname

export default defineConfig({
  // vite transforms with oxc; said here so that a file outside every tsconfig `include` gets metadata too
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: [
      { find: /^keelson$/, replacement: file('./src/index.ts') },
      { find: /^keelson\/testing$/, replacement: file('./src/testing/index.ts') }
    ]
  },
  test: {
    include: ['test/**/*.test.ts', 'samples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/fixtures/**', '**/programs/**'],
    setupFiles: ['./test/setup.ts'],
    // seven times as fast; files share module state, so the framework may keep none
    isolate: false,
    pool: 'forks',
    restoreMocks: true,
    // what hangs is to fail, what only has to share its machine is not
    testTimeout: 60_000,
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reportOnFailure: true,
      reporter: [['text', { skipFull: true }], 'html'],
      // no limit for branches: the guard that oxc puts around emitted metadata counts as an untaken one
      thresholds: { lines: 90, statements: 90, functions: 90 }
    }
  }
})
