import { describe, expect, test } from 'vitest';
import type { BrokerOrder } from '#nas/brokers/port.ts';
import { changesIn } from './changes.ts';

const aRow = (row: Partial<Record<keyof BrokerOrder, unknown>>) =>
  ({
    brokerOrderId: '1',
    originalOrderId: null,
    quantity: 10,
    cumQuantity: 0,
    leavesQuantity: 0,
    cancelledQuantity: 0,
    rejectedQuantity: 0,
    ...row,
  }) as unknown as BrokerOrder;

describe('an order of ten shares, number 1', () => {
  test.each([
    { why: 'all at work', parent: { leavesQuantity: 10 }, others: [], moved: 0, isAccounted: true },
    { why: 'four of them moved', parent: { leavesQuantity: 6 }, others: [{ quantity: 4, leavesQuantity: 4 }], moved: 4, isAccounted: true },
    { why: 'moved and filled', parent: { cumQuantity: 3 }, others: [{ quantity: 7, cumQuantity: 7 }], moved: 7, isAccounted: true },
    {
      why: 'a cancel’s row moves nothing',
      parent: { cancelledQuantity: 10 },
      others: [{ cancelledQuantity: 10 }],
      moved: 0,
      isAccounted: true,
    },
    {
      why: 'a cancel whose row still counts its shares as open',
      parent: { leavesQuantity: 10 },
      others: [{ leavesQuantity: 10, isCancel: true }],
      moved: 0,
      isAccounted: true,
    },
    { why: 'moved to a change that is not listed yet', parent: {}, others: [], moved: 0, isAccounted: false },
    {
      why: 'moved by a change through the API that is no row of ours: it may be the one we look for',
      parent: {},
      others: [{ leavesQuantity: 10, isApiOrder: true }],
      moved: 10,
      isAccounted: false,
    },
  ])('$why', ({ parent, others, moved, isAccounted }) => {
    const rows = [aRow(parent), ...others.map((row, at) => aRow({ ...row, brokerOrderId: String(2 + at), originalOrderId: '1' }))];
    const changes = changesIn(rows, new Set(['1']));
    expect([changes.movedFrom('1'), changes.sharesOf('1')?.isAccounted]).toEqual([moved, isAccounted]);
  });
});

test.each([
  { why: 'told by the order itself', own: 4, request: 0 },
  { why: 'told by the cancel only', own: 0, request: 4 },
  { why: 'told by both', own: 4, request: 4 },
])('shares taken back are counted once, $why', ({ own, request }) => {
  const rows = [
    aRow({ leavesQuantity: 6, cancelledQuantity: own }),
    aRow({ brokerOrderId: '2', originalOrderId: '1', isCancel: true, cancelledQuantity: request }),
  ];
  expect(changesIn(rows, new Set(['1'])).cancelledOf(rows[0]!)).toBe(4);
});

test('a change of a change belongs to the nearest order we know', () => {
  const rows = [
    aRow({}),
    aRow({ brokerOrderId: '2', originalOrderId: '1' }),
    aRow({ brokerOrderId: '3', originalOrderId: '2', leavesQuantity: 10 }),
  ];
  expect(changesIn(rows, new Set(['1'])).ancestorOf(rows[2]!)).toBe('1');
  expect(changesIn(rows, new Set(['1', '2'])).ancestorOf(rows[2]!)).toBe('2');
  expect(changesIn(rows, new Set(['1'])).movedFrom('1')).toBe(10);
});

test('a list that goes round in circles ends', () => {
  const rows = [aRow({ brokerOrderId: '2', originalOrderId: '3' }), aRow({ brokerOrderId: '3', originalOrderId: '2', leavesQuantity: 1 })];
  expect(() => changesIn(rows, new Set())).not.toThrow();
});
