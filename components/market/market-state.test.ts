import { expect, test } from 'vitest';
import type { SessionView } from '#lib/db/platform.ts';
import { marketStateAt } from './market-state.ts';

const row = (session: string, orderFrom: string, closeAt: string): SessionView => ({
  day: '2026-11-23',
  session,
  orderFrom: `2026-11-23T${orderFrom}:00+09:00`,
  openAt: `2026-11-23T${orderFrom}:00+09:00`,
  closeAt: `2026-11-23T${closeAt}:00+09:00`,
  isOpen: true,
});
const DAY = [
  row('pre', '08:30', '08:40'),
  row('open_auction', '08:30', '09:00'),
  row('regular', '09:00', '15:20'),
  row('close_auction', '15:20', '15:30'),
  row('after', '16:00', '20:00'),
];

test.each([
  { at: '08:00', kind: 'closed', why: 'before the first session' },
  { at: '08:35', kind: 'open', why: 'the opening auction takes orders' },
  { at: '15:19', kind: 'open', why: 'continuous trading' },
  { at: '15:30', kind: 'closed', why: 'the closing auction has matched' },
  { at: '17:00', kind: 'closed', why: 'the after-market is not sent to yet' },
])('at $at the market is $kind: $why', ({ at, kind }) => {
  expect(marketStateAt(DAY, Date.parse(`2026-11-23T${at}:00+09:00`)).kind).toBe(kind);
});

test('outside the session it names the next moment orders are taken, or that none is known', () => {
  expect(marketStateAt(DAY, Date.parse('2026-11-23T07:00:00+09:00'))).toEqual({
    kind: 'closed',
    nextOrderFrom: '2026-11-23T08:30:00+09:00',
  });
  expect(marketStateAt(DAY, Date.parse('2026-11-23T21:00:00+09:00'))).toEqual({ kind: 'closed', nextOrderFrom: null });
});
