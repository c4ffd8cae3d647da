import { expect } from '@playwright/test';
import { expectAccessible, signIn, test } from '#scripts/test/browser.ts';

test('every account says when it was last compared with its broker and whether they agree, on a phone too', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await page.goto(`${url}/accounts`);
  const section = page.getByRole('region', { name: '증권사와 대조' }).first();
  await expect(section).toContainText('마지막 대조', { timeout: 60_000 });
  await expect(section).toContainText('일치');
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(section).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
