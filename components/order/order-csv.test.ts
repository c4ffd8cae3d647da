import { expect, test } from 'vitest';
import type { OrderView } from '#lib/db/orders.ts';
import { ordersCsv } from './order-csv.ts';

const order = {
  id: 'a',
  createdAt: '2026-11-23T00:00:00Z',
  symbol: '900110',
  name: '나래, "우"',
  side: 'buy',
  status: 'executed',
  priceType: 'limit',
  quantity: 10,
  price: 100,
  cumQuantity: 10,
  cumAmount: 1_000,
  averagePrice: 100,
  brokerOrderId: '=1+1',
  origin: 'user',
  denialCode: null,
} as OrderView;

test('names with commas and quotes survive, formulas become text, Excel reads the Korean', () => {
  const [header, row] = ordersCsv([order]).split('\r\n');
  expect(header?.startsWith('\uFEFFid,created_at,')).toBe(true);
  expect(row).toBe(`a,2026-11-23T00:00:00Z,900110,"나래, ""우""",buy,executed,limit,10,100,10,1000,100,'=1+1,user,`);
});
