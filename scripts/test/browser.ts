import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export const DEMO_PASSWORD = 'narae-demo-2026';
export type DemoPerson = 'minjun' | 'seoyeon' | 'admin';
const BUTTON: Record<DemoPerson, string> = { minjun: '민준', seoyeon: '서연', admin: '관리자' };

/** The running product's address; a page that logs an error or a broken policy fails its test. */
export const test = base.extend<{ url: string; quietConsole: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner needs the first argument to be a pattern.
  url: async ({}, use) => {
    const url = process.env.NARAE_E2E_URL;
    if (!url) throw new Error('NARAE_E2E_URL is not set: the product was not started');
    await use(url);
  },
  quietConsole: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('console', (message) => {
        // A refusal (4xx) that a screen explains and a cut link that a test made are no faults of the page.
        if (message.type() === 'error' && !/status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(message.text())) errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      await use(undefined);
      expect(errors, 'the page logged errors').toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in with a demo button and waits for the desk. */
export async function signIn(page: Page, url: string, person: DemoPerson): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByRole('button', { name: BUTTON[person], exact: true }).click();
  await page.waitForURL(`${url}/`);
  await expect(page.getByText('실시간').first()).toBeVisible();
}

/** No breach of WCAG 2.2 A and AA that axe can see; the chart's own canvas is outside our hands. */
export async function expectAccessible(page: Page): Promise<void> {
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).exclude('[data-chart]').analyze();
  expect(
    result.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(' | ')}`),
  ).toEqual([]);
}

/** Nothing may be wider than the screen. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}
