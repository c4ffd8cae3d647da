import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderBodyHash, orderBodyText } from '#domain/order/body-hash.ts';
import {
  type AbsenceEvidence,
  baselineOf,
  fingerprint,
  fingerprintMatches,
  judgeAbsence,
  judgeCandidates,
  newCandidates,
  type ObservedOrder,
  type Sought,
} from '#domain/order/fingerprint.ts';

const ORDER: Sought & { accountId: string } = {
  accountId: 'a1',
  symbol: '005930',
  side: 'buy',
  quantity: 10,
  price: 70_000,
  priceType: 'limit',
  venue: 'KRX',
  changes: null,
};
const seen = (row: Partial<ObservedOrder> = {}): ObservedOrder => ({
  brokerOrderId: '0000000001',
  orderDay: '2026-10-01',
  orderTime: '100000',
  originalOrderId: null,
  symbol: '005930',
  side: 'buy',
  quantity: 10,
  limitPrice: 70_000,
  priceType: 'limit',
  isApiOrder: true,
  ...row,
});

test.each([
  { accountId: 'a2' },
  { symbol: '000660' },
  { side: 'sell' as const },
  { quantity: 11 },
  { price: 70_100 },
  { price: null },
  { priceType: 'market' as const },
  { venue: 'NXT' },
])('an order that differs in %j has another fingerprint', (change) => {
  expect(fingerprint({ ...ORDER, ...change })).not.toBe(fingerprint(ORDER));
});

test.each([
  { row: {}, matches: true, why: 'all equal' },
  { row: { priceType: null }, matches: true, why: 'a list without the type cannot rule it out' },
  { row: { quantity: 9 }, matches: false, why: 'another quantity' },
  { row: { limitPrice: 70_100 }, matches: false, why: 'another price' },
  { row: { side: 'sell' as const }, matches: false, why: 'the other side' },
  { row: { originalOrderId: '0000000009' }, matches: false, why: 'a row that cancels or modifies another' },
  { row: { priceType: 'market' as const }, matches: false, why: 'another type' },
])("the broker's row matches $matches: $why", ({ row, matches }) => {
  expect(fingerprintMatches(ORDER, seen(row))).toBe(matches);
});

test.each([
  { row: {}, isWhole: true, matches: true, why: 'all that was left' },
  { row: { quantity: 7 }, isWhole: true, matches: true, why: 'three had filled on the way' },
  { row: { quantity: 11 }, isWhole: true, matches: false, why: 'more than was left' },
  { row: { quantity: 7 }, isWhole: false, matches: false, why: 'a part is exact' },
  { row: { originalOrderId: null }, isWhole: true, matches: false, why: 'a new order' },
  { row: { originalOrderId: '0000000008' }, isWhole: true, matches: false, why: 'a change of another order' },
])('as a change of order 9 the row matches $matches: $why', ({ row, isWhole, matches }) => {
  const change = { ...ORDER, changes: { brokerOrderId: '0000000009', isWhole } };
  expect(fingerprintMatches(change, seen({ originalOrderId: '0000000009', ...row }))).toBe(matches);
});

test('a market order has no price to compare', () => {
  expect(fingerprintMatches({ ...ORDER, price: null, priceType: 'market' }, seen({ limitPrice: null, priceType: 'market' }))).toBe(true);
});

describe('looking for the order we sent at 10:00:00', () => {
  const sentAfter = { orderDay: '2026-10-01', orderTime: '100000' };
  const find = (brokerOrders: readonly ObservedOrder[], baseline: readonly string[] = []) =>
    judgeCandidates(newCandidates({ order: ORDER, baseline, brokerOrders, sentAfter }));

  test('one new number is adopted', () => expect(find([seen()])).toMatchObject({ kind: 'adopt', order: { brokerOrderId: '0000000001' } }));
  test('an identical resting order of before is not it', () =>
    expect(find([seen()], baselineOf(ORDER, [seen()]))).toEqual({ kind: 'none' }));
  test('an order from HTS is not it', () => expect(find([seen({ isApiOrder: false })])).toEqual({ kind: 'none' }));
  test('an order of 09:59:59 is not it', () => expect(find([seen({ orderTime: '095959' })])).toEqual({ kind: 'none' }));
  test('two new numbers are for a person to settle', () =>
    expect(find([seen(), seen({ brokerOrderId: '0000000002' })])).toMatchObject({ kind: 'ambiguous', orders: [{}, {}] }));
  test('the same number on two pages is one order', () => expect(find([seen(), seen()])).toMatchObject({ kind: 'adopt' }));
});

describe('absence', () => {
  const PROVED: AbsenceEvidence = {
    cleanQueries: 6,
    firstQueryAtMs: 1_000,
    lastQueryAtMs: 61_000,
    candidates: 0,
    noticesUpThroughout: true,
    ledgerAgrees: true,
    inquiryRows: true,
    sessionEnded: false,
  };

  test('six clean queries over a minute, notices up and the ledger agreeing prove it', () => {
    expect(judgeAbsence(PROVED)).toEqual({ kind: 'absent', reason: 'NOT_FOUND' });
  });

  test.each([
    [{ cleanQueries: 5 }, 'too_few_queries'],
    [{ lastQueryAtMs: 60_999 }, 'too_short'],
    [{ noticesUpThroughout: false }, 'notices_were_down'],
    [{ ledgerAgrees: false }, 'ledger_differs'],
    [{ candidates: 1 }, 'candidate_seen'],
    [{ inquiryRows: false }, 'session_still_open'],
    [{ cleanQueries: Number.NaN }, 'too_few_queries'],
  ] as const)('is doubted with %j: %s', (change, doubt) => {
    expect(judgeAbsence({ ...PROVED, ...change })).toEqual({ kind: 'keep_looking', doubts: [doubt] });
  });

  test("a broker that shows no rows can prove it only after the session's end", () => {
    expect(judgeAbsence({ ...PROVED, inquiryRows: false, sessionEnded: true }).kind).toBe('absent');
  });

  test('whatever the evidence, the answer is never to send again', () => {
    const evidence = fc.record({
      cleanQueries: fc.integer({ min: 0, max: 20 }),
      firstQueryAtMs: fc.integer({ min: 0, max: 100_000 }),
      lastQueryAtMs: fc.integer({ min: 0, max: 200_000 }),
      candidates: fc.integer({ min: 0, max: 3 }),
      noticesUpThroughout: fc.boolean(),
      ledgerAgrees: fc.boolean(),
      inquiryRows: fc.boolean(),
      sessionEnded: fc.boolean(),
    });
    fc.assert(
      fc.property(evidence, (e) => {
        const verdict = judgeAbsence(e);
        expect(['absent', 'keep_looking']).toContain(verdict.kind);
        if (verdict.kind === 'absent') {
          expect(e.candidates === 0 && e.cleanQueries >= 6 && e.noticesUpThroughout && e.ledgerAgrees).toBe(true);
          expect(e.lastQueryAtMs - e.firstQueryAtMs).toBeGreaterThanOrEqual(60_000);
        }
      }),
    );
  });
});

describe('the body of a wish', () => {
  const body = { ...ORDER, accountId: '8D3F0C5A-0000-4000-8000-000000000001', timeInForce: 'day' } as const;

  test('is the same text whatever order its members came in', () => {
    const turned = Object.fromEntries(Object.entries(body).reverse()) as unknown as typeof body;
    expect(orderBodyText(turned)).toBe(orderBodyText(body));
    expect(orderBodyHash({ ...body, accountId: body.accountId.toLowerCase() })).toBe(orderBodyHash(body));
  });

  test('is another one with another quantity, price or type', () => {
    const hashes = [
      body,
      { ...body, quantity: 11 },
      { ...body, price: 70_100 },
      { ...body, price: null, priceType: 'market' as const },
    ].map(orderBodyHash);
    expect(new Set(hashes).size).toBe(4);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
