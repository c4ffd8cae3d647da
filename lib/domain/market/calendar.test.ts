import { describe, expect, test } from 'vitest';
import { krxCalendarDay, nextOpenDays } from '#domain/market/calendar.ts';
import { addDays, clockText, isWeekend, secondOfDay } from '#domain/market/day.ts';

const hoursOf = (day: string) =>
  Object.fromEntries((krxCalendarDay(day)?.sessions ?? []).map((s) => [s.session, `${clockText(s.openAt)}-${clockText(s.closeAt)}`]));

test.each(['2024-10-01', '2025-01-27', '2026-07-17', '2026-12-31', '2026-10-03', '2027-05-03'])('KRX is closed on %s', (day) => {
  expect(krxCalendarDay(day)).toMatchObject({ isOpen: false, sessions: [] });
});

test.each(['2025-03-10', '2026-07-16', '2026-10-01'])('KRX is open on %s', (day) => {
  expect(krxCalendarDay(day)).toMatchObject({ isOpen: true, isConfirmed: true });
});

test('the open days of a year are as many as the exchange counted', () => {
  const count = (year: number) => {
    let n = 0;
    for (let day = `${year}-01-01`; day.startsWith(String(year)); day = addDays(day, 1)) n += krxCalendarDay(day)?.isOpen ? 1 : 0;
    return n;
  };
  expect(count(2024)).toBe(244);
  expect(count(2025)).toBe(242);
});

test('an ordinary day runs 09:00–15:20 with auctions before and after it', () => {
  expect(hoursOf('2026-10-01')).toEqual({
    pre: '08:30:00-08:40:00',
    open_auction: '08:30:00-09:00:00',
    regular: '09:00:00-15:20:00',
    close_auction: '15:20:00-15:30:00',
    post_fixed: '15:40:00-16:00:00',
    after: '16:00:00-20:00:00',
  });
});

test('the after-market until 20:00 began on 2026-09-14', () => {
  expect(hoursOf('2026-09-11').after).toBe('16:00:00-18:00:00');
  expect(hoursOf('2026-09-14').after).toBe('16:00:00-20:00:00');
});

test('orders for the post-close fixed price are taken from the close on', () => {
  const post = krxCalendarDay('2026-10-01')?.sessions.find((s) => s.session === 'post_fixed');
  expect(clockText(post?.orderFrom ?? 0)).toBe('15:30:00');
});

test.each(['2024-01-02', '2025-01-02', '2026-01-02', '2027-01-04'])(
  'the first trading day %s opens at 10:00 and closes as always',
  (day) => {
    expect(hoursOf(day)).toMatchObject({
      open_auction: '09:30:00-10:00:00',
      regular: '10:00:00-15:20:00',
      close_auction: '15:20:00-15:30:00',
    });
  },
);

test.each(['2024-11-14', '2025-11-13', '2026-11-19'])('the exam day %s runs an hour late, 10:00–16:30', (day) => {
  expect(hoursOf(day)).toMatchObject({ regular: '10:00:00-16:20:00', close_auction: '16:20:00-16:30:00', post_fixed: '16:40:00-17:00:00' });
});

test('a planned year is not confirmed and an unknown one is null', () => {
  expect(krxCalendarDay('2027-03-02')).toMatchObject({ isOpen: true, isConfirmed: false });
  expect(krxCalendarDay('2023-03-02')).toBeNull();
  expect(krxCalendarDay('2028-03-02')).toBeNull();
});

test('the next open days skip weekends and holidays', () => {
  expect(nextOpenDays('2026-09-23', 3)).toEqual(['2026-09-28', '2026-09-29', '2026-09-30']);
});

describe('days and clocks', () => {
  test.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2025-02-28', 1, '2025-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
  ] as const)('%s plus %i days is %s', (day, n, then) => expect(addDays(day, n)).toBe(then));

  test('weekends are Saturday and Sunday, before 1970 too', () => {
    expect(['2026-10-02', '2026-10-03', '2026-10-04', '2026-10-05', '1956-03-03'].map(isWeekend)).toEqual([false, true, true, false, true]);
  });

  test.each(['2025-02-29', '2025-13-01', '20250101', ''])('%j is not a day', (day) => expect(() => addDays(day, 1)).toThrow(RangeError));
  test.each(['09:00', '09:00:00', '090000'])('%s is nine in the morning', (clock) => expect(secondOfDay(clock)).toBe(32_400));
  test.each(['24:00', '09:60', 'nine'])('%s is no time of day', (clock) => expect(() => secondOfDay(clock)).toThrow(RangeError));
});
