import { expect, type Page } from '@playwright/test';
import { expectNoSideScroll, signIn, test } from '#scripts/test/browser.ts';

const SYMBOL = '990010';

async function openTicket(page: Page, url: string) {
  await page.goto(`${url}/market/${SYMBOL}`);
  const ticket = page.getByRole('form', { name: '주문' });
  await expect(ticket).toBeVisible();
  // The book is live when the best ask has a price.
  await expect(ticket.getByRole('button', { name: '매도1' })).toBeEnabled();
  return ticket;
}

test('an order at the best ask is confirmed in one sentence, sent, and seen filled without a reload', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  const ticket = await openTicket(page, url);
  // Two ticks above the best ask fills whatever the market does meanwhile.
  await ticket.getByRole('button', { name: '매도1' }).click();
  await ticket.getByLabel('가격', { exact: true }).press('ArrowUp');
  await ticket.getByLabel('가격', { exact: true }).press('ArrowUp');
  await ticket.getByLabel('수량', { exact: true }).fill('3');
  await ticket.getByRole('button', { name: '매수', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('모의투자 — 실제 돈이 움직이지 않습니다');
  await expect(dialog).toContainText('3주');
  await dialog.getByRole('button', { name: '매수 주문' }).click();
  await expect(page.getByText('3주 주문을 접수했습니다')).toBeVisible();
  const row = page.getByRole('region', { name: '이 종목의 내 주문' }).getByRole('row').nth(1);
  await expect(row).toContainText('3 / 3', { timeout: 30_000 });
  await expect(row).toContainText('체결');

  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('체결');
  const recorder = page.getByRole('region', { name: '비행 기록' });
  await expect(recorder).toContainText('주문 접수');
  await expect(recorder).toContainText('체결 확정');
  await expect(recorder).toContainText('전송기');
});

test('a refusal is told with its numbers and what to change, and nothing is sent', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  const ticket = await openTicket(page, url);
  await ticket.getByRole('button', { name: '하한', exact: true }).click();
  await ticket.getByLabel('수량', { exact: true }).fill('9999999');
  await ticket.getByRole('button', { name: '매수', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '매수 주문' }).click();
  await expect(dialog.getByRole('alert')).toContainText('원');
  await dialog.getByRole('button', { name: '고치기' }).click();
  await expect(page.getByRole('region', { name: '이 종목의 내 주문' }).getByRole('row').nth(1)).toContainText('거부');
});

test('a price off the tick or outside the day is explained before anything is sent', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  const ticket = await openTicket(page, url);
  await ticket.getByLabel('가격', { exact: true }).fill('45001');
  await expect(ticket.getByRole('alert')).toContainText('호가 단위');
  await expect(ticket.getByRole('button', { name: '매수', exact: true })).toBeDisabled();
  await ticket.getByLabel('가격', { exact: true }).fill('9000000');
  await expect(ticket.getByRole('alert')).toContainText('가격제한폭');
});

test('a resting order is cancelled from the list and says so', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  const ticket = await openTicket(page, url);
  await ticket.getByRole('button', { name: '하한', exact: true }).click();
  await ticket.getByLabel('수량', { exact: true }).fill('1');
  await ticket.getByRole('button', { name: '매수', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '매수 주문' }).click();
  const row = page.getByRole('region', { name: '이 종목의 내 주문' }).getByRole('row').nth(1);
  await expect(row).toContainText('접수', { timeout: 30_000 });
  await row.getByRole('button', { name: '취소' }).click();
  await expect(row).toContainText('취소됨', { timeout: 30_000 });
});

test('the phone has the ticket as a sheet and nothing wider than the screen', async ({ page, url }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, url, 'minjun');
  await expect(page.getByRole('navigation', { name: '아래 메뉴' })).toBeVisible();
  for (const path of ['/', '/market', `/market/${SYMBOL}`, '/orders', '/positions', '/accounts', '/settings', '/settings/security']) {
    await page.goto(url + path);
    await expect(page.getByRole('main')).toBeVisible();
    await expectNoSideScroll(page);
  }
  await page.goto(`${url}/market/${SYMBOL}`);
  await page.getByRole('button', { name: '매수', exact: true }).last().click();
  await expect(page.getByRole('dialog').getByRole('form', { name: '주문' })).toBeVisible();
});
