import { expect } from '@playwright/test';
import { DEMO_PASSWORD, expectAccessible, signIn, test } from '#scripts/test/browser.ts';

test('real orders are unlocked by the password for half an hour, and only with the permission', async ({ page, url }) => {
  test.setTimeout(180_000);
  const real = page.getByRole('switch', { name: '관리자 실전 거래' });
  const refusal = page.getByRole('alert').filter({ hasText: '해제하지 못했습니다' });
  const allowReal = async (isAllowed: boolean) => {
    await page.goto(`${url}/admin`);
    await real.click();
    if (isAllowed) await page.getByRole('dialog').getByRole('button', { name: '실전 허용' }).click();
    await expect(real).toBeChecked({ checked: isAllowed });
  };
  const unlock = async (password: string) => {
    await page.goto(`${url}/settings/security`);
    await page.getByLabel('비밀번호', { exact: true }).fill(password);
    await page.getByRole('button', { name: '30분 동안 해제' }).click();
  };
  await signIn(page, url, 'admin');
  await unlock(DEMO_PASSWORD);
  await expect(refusal, 'without the permission').toBeVisible();
  await allowReal(true);
  try {
    await unlock('not-the-password');
    await expect(refusal, 'with another password').toBeVisible();
    await unlock(DEMO_PASSWORD);
    await expect(page.getByRole('timer')).toContainText('까지');
    await expectAccessible(page);
  } finally {
    await allowReal(false);
  }
});
