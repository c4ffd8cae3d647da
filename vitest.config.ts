import { defineConfig } from 'vitest/config';

/** Unit tests stand beside their file; tests that need Postgres or the whole stack end in `.db.test.ts` / `.stack.test.ts`. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules/**', '.next/**', '.narae/**'],
    testTimeout: 120_000, // what a test waits for has limits of its own, which say what was missing
    hookTimeout: 120_000,
    maxWorkers: 2,
    globalSetup: ['./lib/testing/global-setup.ts'],
  },
  resolve: { alias: { 'server-only': new URL('./lib/testing/empty.ts', import.meta.url).pathname } },
});
