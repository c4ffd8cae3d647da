import { expect } from '@playwright/test';
import { expectAccessible, expectNoSideScroll, signIn, test } from '#scripts/test/browser.ts';

test('a strategy is started on paper, paused, and ended for good after a question', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/strategies`);
  await page.getByRole('button', { name: '이 전략으로 시작' }).last().click();
  await page.getByRole('button', { name: '자동매매 시작', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('모의투자 — 실제 돈이 움직이지 않습니다');
  const picker = dialog.getByRole('combobox', { name: '매매할 종목' });
  await picker.fill('990010');
  await picker.press('Enter');
  await dialog.getByRole('button', { name: '모의로 시작' }).click();
  await expect(page).toHaveURL(`${url}/auto`);
  const main = page.getByRole('main');
  await expect(main.getByText('실행 중').first()).toBeVisible();
  await expectAccessible(page);

  await main.getByRole('button', { name: '일시정지' }).first().click();
  await expect(main.getByText('일시정지', { exact: true }).first()).toBeVisible();
  await main.getByRole('button', { name: '끝내기' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: '끝내기' }).click();
  await expect(page.getByText('의 자동매매를 끝냈습니다')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSideScroll(page);
});
