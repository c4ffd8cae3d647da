import { expect } from '@playwright/test';
import { expectAccessible, signIn, test } from '#scripts/test/browser.ts';

const PAGES = ['/', '/market', '/market/990010', '/orders', '/positions', '/accounts', '/settings', '/settings/security'];

for (const theme of ['dark', 'light'] as const) {
  test(`every page of the desk is accessible in the ${theme} theme`, async ({ page, url }) => {
    test.setTimeout(300_000); // eight pages, each examined whole
    await page.addInitScript((name) => localStorage.setItem('theme', name), theme);
    await signIn(page, url, 'seoyeon');
    for (const path of PAGES) {
      await test.step(path, async () => {
        await page.goto(url + path);
        await expect(page.getByText('실시간').first()).toBeVisible();
        await expectAccessible(page);
      });
    }
  });
}

test('a foreign or malformed id is a page, not a failure', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  for (const path of ['/orders/0192f1aa-0000-4000-8000-000000000001', '/orders/nonsense', '/market/ZZZZZZ', '/market/..%2f']) {
    await page.goto(url + path);
    await expect(page.getByText('찾을 수 없습니다').first()).toBeVisible();
  }
});

test('search opens by key and leads to a symbol without the mouse', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  await page.keyboard.press('/');
  await page.getByRole('dialog').getByRole('combobox').fill('990010');
  await expect(page.getByRole('option', { name: /990010/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${url}/market/990010`);
});

test('a lost link is shown with its age and comes back by itself', async ({ page, context, url }) => {
  await signIn(page, url, 'seoyeon');
  await context.setOffline(true);
  await expect(page.getByText(/연결 끊김 \d/)).toBeVisible({ timeout: 60_000 });
  await context.setOffline(false);
  await expect(page.getByText('실시간').first()).toBeVisible({ timeout: 60_000 });
});

test('a desk that cannot be read again says how old it is, and reads until it can', async ({ page, context, url }) => {
  test.slow();
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/positions`);
  await expect(page.getByText('실시간').first()).toBeVisible({ timeout: 60_000 });
  await page.route('**/rest/v1/real_positions?*', (route) => route.fulfill({ status: 429, body: '{}' }));
  await context.setOffline(true);
  await expect(page.getByText(/연결 끊김 \d/)).toBeVisible({ timeout: 60_000 });
  await context.setOffline(false);
  await expect(page.getByText(/\d.+째 갱신 안 됨/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/새 값을 읽지 못해 .+ 전 값입니다/)).toBeVisible();
  await page.unroute('**/rest/v1/real_positions?*');
  await expect(page.getByText('실시간').first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/새 값을 읽지 못해/)).toHaveCount(0);
});

test('the halt chip stops new orders and a reason brings them back', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  await page.getByRole('button', { name: '정상', exact: true }).first().click();
  await page.getByRole('radio', { name: '정지', exact: true }).click();
  await page.getByRole('button', { name: '적용' }).click();
  await expect(page.getByRole('button', { name: '정지', exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: '정지', exact: true }).first().click();
  await page.getByRole('radio', { name: '정상', exact: true }).click();
  await expect(page.getByRole('button', { name: '적용' })).toBeDisabled();
  await page.getByLabel('이유').fill('확인을 마쳤습니다');
  await page.getByRole('button', { name: '적용' }).click();
  await expect(page.getByRole('button', { name: '정상', exact: true }).first()).toBeVisible();
});
