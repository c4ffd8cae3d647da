import { expect, test } from 'vitest';
import type { BrokerOrder } from '#nas/brokers/port.ts';
import { withCancelsOfRequests } from './cancel-rows.ts';

const row = (brokerOrderId: string, over: Partial<Record<keyof BrokerOrder, unknown>> = {}) =>
  ({
    brokerOrderId,
    branch: '06010',
    orderDay: '2026-11-20',
    originalOrderId: null,
    symbol: '005930',
    side: 'buy',
    quantity: 10,
    limitPrice: 70_000,
    priceType: 'limit',
    cumQuantity: 0,
    cumAmount: 0,
    leavesQuantity: 0,
    cancelledQuantity: 0,
    rejectedQuantity: 0,
    orderTime: '100000',
    isApiOrder: true,
    ...over,
  }) as BrokerOrder;
const request = (over: Partial<Record<keyof BrokerOrder, unknown>>) => row('2', { originalOrderId: '1', limitPrice: null, ...over });
const moved = (over: Partial<Record<keyof BrokerOrder, unknown>>) => row('3', { originalOrderId: '1', limitPrice: 69_000, ...over });

test.each([
  { name: 'told on the request only', rows: [row('1', { cumQuantity: 4 }), request({ quantity: 6, cancelledQuantity: 6 })], cancelled: 6 },
  { name: 'told on both: counted once', rows: [row('1', { cancelledQuantity: 10 }), request({ cancelledQuantity: 10 })], cancelled: 10 },
  { name: 'told on the order only', rows: [row('1', { cancelledQuantity: 10 }), request({})], cancelled: 10 },
  { name: 'a part of it', rows: [row('1', { leavesQuantity: 6 }), request({ quantity: 4, cancelledQuantity: 4 })], cancelled: 4 },
  { name: 'asked for and not confirmed', rows: [row('1', { leavesQuantity: 10 }), request({})], cancelled: 0 },
  { name: 'more confirmed than is missing', rows: [row('1', { leavesQuantity: 7 }), request({ cancelledQuantity: 10 })], cancelled: 3 },
  {
    name: 'what was moved is not cancelled, also when the new order is',
    rows: [row('1', { cumQuantity: 3 }), moved({ quantity: 7, cancelledQuantity: 7 })],
    cancelled: 0,
  },
  {
    name: 'a part moved, the rest cancelled by request',
    rows: [row('1'), moved({ quantity: 4, leavesQuantity: 4 }), request({ quantity: 6, cancelledQuantity: 6 })],
    cancelled: 6,
  },
  { name: 'lost without a word', rows: [row('1', { cumQuantity: 3 })], cancelled: 0 },
])('$name: $cancelled cancelled', ({ rows, cancelled }) => {
  const told = withCancelsOfRequests(rows);
  expect(told[0]?.cancelledQuantity).toBe(cancelled);
  expect(told.slice(1)).toEqual(rows.slice(1));
});
