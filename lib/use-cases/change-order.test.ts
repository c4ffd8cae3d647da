import { expect, test, vi } from 'vitest';
import { cancelOrderInput, replaceOrder, replaceOrderInput } from './change-order.ts';

const KEY = '0192f1aa-0000-4000-8000-000000000001';
const ORDER = '0192f1aa-0000-4000-8000-00000000000a';
const body = { action: 'replace', orderId: ORDER, price: 10_000, intentKey: KEY };

test.each([
  { why: 'no order', over: { orderId: undefined } },
  { why: 'no shares', over: { quantity: 0 } },
  { why: 'a part of a share', over: { quantity: 1.5 } },
  { why: 'a limit without a price', over: { price: null } },
  { why: 'a market order with a price', over: { priceType: 'market' } },
  { why: 'no intent key', over: { intentKey: undefined } },
  { why: 'a side: a change keeps it', over: { side: 'sell' } },
])('refuses a change with $why', ({ over }) => {
  expect(replaceOrderInput.safeParse({ ...body, ...over }).success).toBe(false);
});

test.each([
  { quantity: undefined, isGood: true },
  { quantity: null, isGood: true },
  { quantity: 3, isGood: true },
  { quantity: 0, isGood: false },
  { quantity: -1, isGood: false },
])('a cancel of $quantity shares: $isGood', ({ quantity, isGood }) => {
  expect(cancelOrderInput.safeParse({ action: 'cancel', orderId: ORDER, quantity }).success).toBe(isGood);
});

test('another price, quantity or order is another wish; the key is not part of it', async () => {
  const hashOf = async (over: object) => {
    const replace = vi.fn(async (call: { bodyHash: string }) => call.bodyHash);
    return replaceOrder({ orders: { replace } }, replaceOrderInput.parse({ ...body, ...over }));
  };
  const hashes = await Promise.all([{}, { price: 9_990 }, { quantity: 3 }, { orderId: KEY }, { intentKey: ORDER }].map(hashOf));
  expect(new Set(hashes).size).toBe(4);
  expect(hashes[4]).toBe(hashes[0]);
});
