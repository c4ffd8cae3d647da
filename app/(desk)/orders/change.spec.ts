import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectNoSideScroll, signIn, test } from '#scripts/test/browser.ts';

/** A buy at the day's lower limit: it rests. Leaves the page of the order open. */
async function restingOrder(page: Page, url: string, quantity: string): Promise<void> {
  await page.goto(`${url}/market/990010`);
  const ticket = page.getByRole('form', { name: '주문' });
  await ticket.getByRole('button', { name: '하한', exact: true }).click();
  await ticket.getByLabel('수량', { exact: true }).fill(quantity);
  await ticket.getByRole('button', { name: '매수', exact: true }).click();
  const sent = page.waitForResponse((response) => response.url().endsWith('/api/trading'));
  await page.getByRole('dialog').getByRole('button', { name: '매수 주문' }).click();
  const { order } = await (await sent).json();
  await page.goto(`${url}/orders/${order.id}`);
  await expect(page.getByText('접수', { exact: true }).first()).toBeVisible();
}

test('a working order gets another price; its page leads to the change and back', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await restingOrder(page, url, '5');
  await page.getByRole('button', { name: '정정', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: '정정 주문' })).toBeDisabled();
  await dialog.getByRole('button', { name: '한 호가 올리기' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: '정정 주문' }).click();
  await expect(page.getByText('정정됨', { exact: true }).first()).toBeVisible();
  await page.getByRole('link', { name: '정정 주문', exact: true }).click();
  await expect(page.getByText('접수', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: '원주문', exact: true })).toBeVisible();
  await page.getByRole('button', { name: '취소', exact: true }).click();
  await expect(page.getByText('취소됨', { exact: true }).first()).toBeVisible();
});

test('on a phone a part is taken back, and the rest keeps working', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await restingOrder(page, url, '5');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: '정정', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: '일부 취소' }).click();
  await dialog.getByLabel('취소할 수량').fill('6');
  await expect(dialog.getByText('남은 수량은 5주입니다.')).toBeVisible();
  await dialog.getByLabel('취소할 수량').fill('2');
  await expectNoSideScroll(page);
  await dialog.getByRole('button', { name: '일부 취소' }).click();
  await expect(page.getByText('일부 취소 완료')).toBeVisible();
  await expect(page.getByText('접수', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: '취소', exact: true }).click();
  await expect(page.getByText('취소됨', { exact: true }).first()).toBeVisible();
});
