import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import { mailedLink, test } from '#scripts/test/browser.ts';

test('a newcomer signs up, follows the mail, forgets the password and sets a new one', async ({ page, url }) => {
  const email = `newcomer-${randomUUID().slice(0, 8)}@narae.local`;
  const [first, second] = ['first-password-2026', 'second-password-2026'];
  await page.goto(`${url}/signup`);
  await page.getByLabel('이름', { exact: true }).fill('새 회원');
  await page.getByLabel('이메일').fill(email);
  await page.getByLabel('비밀번호', { exact: true }).fill(first);
  await page.getByRole('button', { name: '가입하기' }).click();
  await expect(page.getByText('확인 메일을 보냈습니다')).toBeVisible();
  await page.goto(await mailedLink(email));
  await expect(page).toHaveURL(`${url}/`);
  // Nobody invited this address: the desk opens, says so, and lets them ask.
  await expect(page.getByText('아직 거래 권한이 없습니다')).toBeVisible();
  await page.getByRole('button', { name: '관리자에게 요청' }).click();
  await expect(page.getByText('관리자가 허용하면 이 안내가 사라집니다')).toBeVisible();

  await page.context().clearCookies();
  await page.goto(`${url}/forgot-password`);
  await page.getByLabel('이메일').fill(email);
  await page.getByRole('button', { name: '링크 보내기' }).click();
  await expect(page.getByText('재설정 링크를 보냈습니다')).toBeVisible();
  const link = await mailedLink(email);
  await page.goto(link);
  await expect(page).toHaveURL(`${url}/reset-password`);
  await page.getByLabel('새 비밀번호', { exact: true }).fill(second);
  await page.getByLabel('새 비밀번호 다시').fill(second);
  await page.getByRole('button', { name: '비밀번호 바꾸기' }).click();
  await expect(page.getByText('비밀번호를 바꿨습니다')).toBeVisible();

  await page.context().clearCookies();
  await page.goto(link);
  await expect(page.getByRole('alert').filter({ hasText: '링크가 만료되었거나 이미 사용되었습니다' })).toBeVisible();
  await page.getByLabel('이메일').fill(email);
  await page.getByLabel('비밀번호', { exact: true }).fill(first);
  await page.getByRole('button', { name: '로그인', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '이메일이나 비밀번호가 맞지 않습니다' })).toBeVisible();
  await page.getByLabel('비밀번호', { exact: true }).fill(second);
  await page.getByRole('button', { name: '로그인', exact: true }).click();
  await expect(page).toHaveURL(`${url}/`);
});
