import { expect } from '@playwright/test';
import { signIn, test } from '#scripts/test/browser.ts';

const body = () => ({ action: 'buy', stockCode: '990010', quantity: 1, price: 31_500, intentKey: crypto.randomUUID() });

test('the door refuses strangers, other sites and malformed JSON, each with a sentence', async ({ page, request, url }) => {
  const stranger = await request.post(`${url}/api/trading`, { data: body() });
  expect(stranger.status()).toBe(401);
  await signIn(page, url, 'minjun');
  const foreign = await page.request.post(`${url}/api/trading`, { data: body(), headers: { origin: 'http://evil.example' } });
  expect([foreign.status(), (await foreign.json()).error.code]).toEqual([403, 'cross_origin']);
  const malformed = await page.request.post(`${url}/api/trading`, {
    data: Buffer.from('{"action":'),
    headers: { 'content-type': 'application/json' },
  });
  expect([malformed.status(), (await malformed.json()).error.code]).toEqual([400, 'malformed_json']);
  const foreignUser = await page.request.post(`${url}/api/trading`, { data: { ...body(), userId: 'somebody' } });
  expect([foreignUser.status(), (await foreignUser.json()).error.code]).toEqual([400, 'invalid_input']);
});

test('a replayed key answers with the same order, another body under it with 422', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await page.goto(`${url}/market/990010`);
  const ticket = page.getByRole('form', { name: '주문' });
  await ticket.getByRole('button', { name: '하한', exact: true }).click();
  await ticket.getByLabel('수량', { exact: true }).fill('1');
  await ticket.getByRole('button', { name: '매수', exact: true }).click();
  const sent = page.waitForRequest((request) => request.url().endsWith('/api/trading'));
  await page.getByRole('dialog').getByRole('button', { name: '매수 주문' }).click();
  const wish = (await sent).postDataJSON() as Record<string, unknown>;
  const first = await (await (await sent).response())?.json();

  const again = await page.request.post(`${url}/api/trading`, { data: wish });
  expect([again.status(), (await again.json()).order.id]).toEqual([200, first.order.id]);
  const other = await page.request.post(`${url}/api/trading`, { data: { ...wish, quantity: 2 } });
  expect([other.status(), (await other.json()).error.code]).toEqual([422, 'intent_conflict']);

  const cancelled = await page.request.post(`${url}/api/trading`, { data: { action: 'cancel', orderId: first.order.id } });
  expect(cancelled.status()).toBe(200);
});

test('bars come with an ETag and cost nothing the second time', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  const first = await page.request.get(`${url}/api/market/bars?symbol=990010`);
  expect(first.status()).toBe(200);
  expect((await first.json()).bars.length).toBeGreaterThan(100);
  const second = await page.request.get(`${url}/api/market/bars?symbol=990010`, {
    headers: { 'if-none-match': first.headers().etag as string },
  });
  expect(second.status()).toBe(304);
});
