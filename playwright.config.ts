import { defineConfig } from '@playwright/test';
import { findChromium } from '#scripts/test/chromium.ts';

/** Browser tests stand beside their screen as `*.spec.ts` and share one running product (scripts/test/start-product.ts). */
export default defineConfig({
  testDir: '.',
  testMatch: ['app/**/*.spec.ts', 'components/**/*.spec.ts'],
  globalSetup: './scripts/test/start-product.ts',
  globalTimeout: 20 * 60_000,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  workers: 1,
  fullyParallel: false,
  reporter: 'list',
  outputDir: 'test-results',
  use: {
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM_PATH || findChromium().path || undefined, args: ['--disable-dev-shm-usage'] },
  },
});
