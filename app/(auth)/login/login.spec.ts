import { expect } from '@playwright/test';
import { expectAccessible, signIn, test } from '#scripts/test/browser.ts';

test('a stranger is sent to the sign-in page and back to where they wanted to go', async ({ page, url }) => {
  await page.goto(`${url}/orders`);
  await expect(page).toHaveURL(`${url}/login?next=%2Forders`);
  await page.getByLabel('이메일').fill('minjun@narae.local');
  await page.getByLabel('비밀번호', { exact: true }).fill('narae-demo-2026');
  await page.getByRole('button', { name: '로그인', exact: true }).click();
  await expect(page).toHaveURL(`${url}/orders`);
});

test('a wrong password is told in a sentence and keeps the address', async ({ page, url }) => {
  await page.goto(`${url}/login`);
  await page.getByLabel('이메일').fill('minjun@narae.local');
  await page.getByLabel('비밀번호', { exact: true }).fill('not-the-password');
  await page.getByRole('button', { name: '로그인', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '이메일이나 비밀번호가 맞지 않습니다' })).toBeVisible();
  await expect(page.getByLabel('이메일')).toHaveValue('minjun@narae.local');
});

test('signing out closes the desk', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await page.getByRole('button', { name: '내 메뉴' }).click();
  await page.getByRole('menuitem', { name: '로그아웃' }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto(`${url}/positions`);
  await expect(page).toHaveURL(/\/login\?next=/);
});

test('the pages before signing in are accessible, in both languages', async ({ page, url }) => {
  for (const path of ['/login', '/signup', '/forgot-password']) {
    await page.goto(url + path);
    await expectAccessible(page);
  }
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Forgot password' })).toBeVisible();
});

test('every answer carries a policy with a fresh nonce and the security headers', async ({ request, url }) => {
  const [first, second] = [await request.get(`${url}/login`), await request.get(`${url}/login`)];
  const nonce = (policy: string | undefined) => /'nonce-([^']+)'/.exec(policy ?? '')?.[1];
  const policies = [first, second].map((answer) => answer.headers()['content-security-policy']);
  expect(nonce(policies[0])).toBeTruthy();
  expect(nonce(policies[0])).not.toBe(nonce(policies[1]));
  expect(policies[0]).toContain("frame-ancestors 'none'");
  expect(first.headers()).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
});
