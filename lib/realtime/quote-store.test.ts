import { expect, test, vi } from 'vitest';
import type { QuoteView } from '#lib/db/market.ts';
import { QuoteStore } from './quote-store.ts';

const aQuote = (over: Partial<QuoteView>): QuoteView => ({
  feed: 'shared',
  symbol: '900110',
  last: 10_000,
  change: 0,
  changeRate: 0,
  open: 0,
  high: 0,
  low: 0,
  volume: 0,
  value: 0,
  bestAsk: null,
  bestBid: null,
  book: null,
  phase: 'continuous',
  isHalted: false,
  tradedAt: null,
  heardAt: '2026-11-23T00:00:10.000Z',
  ...over,
});

test('an older message never replaces a newer price', () => {
  const store = new QuoteStore();
  store.apply([aQuote({ last: 10_050 })]);
  store.apply([aQuote({ last: 9_900, heardAt: '2026-11-23T00:00:09.000Z' })]);
  expect(store.get('900110')?.last).toBe(10_050);
});

test('only the part of the screen that shows the symbol hears of it', () => {
  const store = new QuoteStore();
  const [ours, other] = [vi.fn(), vi.fn()];
  store.subscribe('900110', ours);
  store.subscribe('900220', other);
  store.apply([aQuote({})]);
  expect([ours.mock.calls.length, other.mock.calls.length]).toEqual([1, 0]);
});

test('a quiet stock of a feed that was just heard is not old', () => {
  const store = new QuoteStore();
  store.apply([aQuote({ heardAt: '2026-11-23T00:00:00.000Z' }), aQuote({ symbol: '900220', heardAt: '2026-11-23T00:01:00.000Z' })]);
  expect(store.feedAgeMs('900110', Date.parse('2026-11-23T00:01:01.000Z'))).toBe(1_000);
});

test('interest counts every view and forgets the symbol with the last one', () => {
  const store = new QuoteStore();
  const first = store.want('900110', false);
  const second = store.want('900110', true);
  expect(store.wanted()).toEqual({ symbols: ['900110'], books: ['900110'] });
  second();
  expect(store.wanted()).toEqual({ symbols: ['900110'], books: [] });
  first();
  expect(store.wanted()).toEqual({ symbols: [], books: [] });
});

test('a message without levels keeps the levels already shown', () => {
  const store = new QuoteStore();
  const book = { asks: [{ price: 10_050, quantity: 3 }], bids: [] };
  store.apply([aQuote({ book })]);
  store.apply([aQuote({ last: 10_050, heardAt: '2026-11-23T00:00:11.000Z' })]);
  expect(store.get('900110')?.book).toEqual(book);
});
