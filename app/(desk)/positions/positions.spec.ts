import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectNoSideScroll, signIn, test } from '#scripts/test/browser.ts';

/** The account that holds shares from the start. */
async function openPositions(page: Page, url: string) {
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/positions`);
  await page.getByRole('combobox', { name: '계좌 선택' }).click();
  await page.getByRole('option', { name: /직접매매/ }).click();
  await expect(page.getByRole('button', { name: /손절·익절 정하기$/ }).first()).toBeVisible();
}

test('a stop is set from a position, stands in the list with its distance, and is taken off', async ({ page, url }) => {
  await openPositions(page, url);
  const open = page.getByRole('button', { name: /손절·익절 정하기$/ }).first();
  await open.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('발동 가격을 입력하세요')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: '−5.00%' }).click();
  await expect(dialog.getByText(/시장가로 팝니다\. 급락하면/)).toBeVisible();
  await dialog.getByRole('button', { name: '설정', exact: true }).click();
  const list = page.getByRole('region', { name: '손절·익절' });
  const line = list.getByRole('row').filter({ hasText: '지켜보는 중' });
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('%');

  await open.click();
  await dialog.getByLabel('발동 가격').fill('1');
  await dialog.getByRole('button', { name: '바꾸기' }).click();
  await expect(line).toHaveCount(1);
  await expectAccessible(page);
  await line.getByRole('button', { name: /해제$/ }).click();
  await expect(page.getByText('설정한 손절·익절이 없습니다')).toBeVisible();
});

test('on a phone a position is sold and protected from its own row', async ({ page, url }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openPositions(page, url);
  await expectNoSideScroll(page);
  await expectAccessible(page);
  await page
    .getByRole('button', { name: /^\S.* 매도$/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').getByRole('form')).toBeVisible();
});

test('the ticket tells what would be refused before anything is sent', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/market/990010`);
  const ticket = page.getByRole('form').first();
  await ticket.getByRole('button', { name: '상한' }).click();
  await ticket.getByLabel('수량', { exact: true }).fill('1');
  await expect(ticket.getByText('지금 보내면 거부됩니다')).toBeVisible();
  await expect(ticket.getByText(/허용 상한/)).toBeVisible();
  await ticket.getByRole('button', { name: '현재가' }).click();
  await expect(ticket.getByText(/허용 상한/)).toBeHidden();
});
