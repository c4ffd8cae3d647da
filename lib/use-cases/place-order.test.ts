import { expect, test, vi } from 'vitest';
import { placeOrder, placeOrderInput } from './place-order.ts';

const KEY = '0192f1aa-0000-4000-8000-000000000001';
const PAPER = { id: '0192f1aa-0000-4000-8000-00000000000a', isActive: true, isPaper: true };
const REAL = { id: '0192f1aa-0000-4000-8000-00000000000b', isActive: true, isPaper: false };
const body = { action: 'buy', stockCode: '900110', quantity: 10, price: 10_000, intentKey: KEY };
const desk = (accounts: (typeof PAPER)[]) => ({ accounts: { list: async () => accounts }, orders: { place: vi.fn(async () => 'placed') } });

test.each([
  { why: 'a user id in the body', over: { userId: 'somebody' } },
  { why: 'no shares', over: { quantity: 0 } },
  { why: 'a negative quantity', over: { quantity: -1 } },
  { why: 'a part of a share', over: { quantity: 1.5 } },
  { why: 'more shares than can be counted exactly', over: { quantity: 2 ** 53 } },
  { why: 'a part of a won', over: { price: 10_000.5 } },
  { why: 'a limit order without a price', over: { price: null } },
  { why: 'a market order with a price', over: { priceType: 'market' } },
  { why: 'a code that is none', over: { stockCode: '12' } },
  { why: 'no intent key', over: { intentKey: undefined } },
])('refuses $why', ({ over }) => {
  expect(placeOrderInput.safeParse({ ...body, ...over }).success).toBe(false);
});

test('the only paper account is meant when none is named', async () => {
  const deps = desk([PAPER, { ...REAL, isActive: false }]);
  await placeOrder(deps, placeOrderInput.parse(body));
  expect(deps.orders.place).toHaveBeenCalledWith(
    expect.objectContaining({ accountId: PAPER.id, bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/) }),
  );
});

test.each([
  { why: 'there is none', accounts: [], reason: 'no_account' },
  { why: 'there are two', accounts: [PAPER, REAL], reason: 'account_required' },
  { why: 'the only one is real', accounts: [REAL], reason: 'account_required' },
])('asks for the account when $why', async ({ accounts, reason }) => {
  const deps = desk(accounts);
  await expect(placeOrder(deps, placeOrderInput.parse(body))).rejects.toMatchObject({ detail: { reason } });
  expect(deps.orders.place).not.toHaveBeenCalled();
});

test('the same wish has the same hash whether or not it may be a duplicate or waits for the session', async () => {
  const deps = desk([PAPER]);
  await placeOrder(deps, placeOrderInput.parse(body));
  await placeOrder(deps, placeOrderInput.parse({ ...body, allowDuplicate: true, sendAt: '2026-11-23T08:30:00+09:00' }));
  const [first, second] = (deps.orders.place.mock.calls as unknown as [{ bodyHash: string }][]).map(([call]) => call.bodyHash);
  expect(second).toBe(first);
});
