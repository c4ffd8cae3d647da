import { expect, test } from 'vitest';
import { krxCalendarDay } from '#domain/market/calendar.ts';
import { secondOfDay } from '#domain/market/day.ts';
import { continuousEnd, sessionAt, sessionForOrder, sessionTakes } from '#domain/market/session.ts';

const DAY = krxCalendarDay('2026-10-01');
const OLD_DAY = krxCalendarDay('2026-09-11');

test.each([
  ['2026-10-01', '15:20', 'an ordinary day'],
  ['2026-11-19', '16:20', 'the day of the entrance exam'],
  ['2026-01-02', '15:20', 'a late opening ends as always'],
  ['2019-03-04', '15:20', 'a day before the calendar begins'],
  ['2016-08-01', '15:20', 'the first day of the close at 15:30'],
  ['2016-07-29', '14:50', 'the last session of the close at 15:00'],
])('continuous trading of %s ends at %s: %s', (day, clock) => {
  expect(continuousEnd(day)).toBe(secondOfDay(clock));
});

test.each([
  ['08:29:59', null],
  ['08:30:00', 'open_auction'],
  ['08:59:59', 'open_auction'],
  ['09:00:00', 'regular'],
  ['15:19:59', 'regular'],
  ['15:20:00', 'close_auction'],
  ['15:30:00', 'post_fixed'],
  ['15:59:59', 'post_fixed'],
  ['16:00:00', 'after'],
  ['19:59:59', 'after'],
  ['20:00:00', null],
] as const)('at %s the session is %s', (clock, session) => {
  expect(sessionAt(DAY, secondOfDay(clock))?.session ?? null).toBe(session);
});

test('on a closed day and in a year without data there is no session', () => {
  expect(sessionAt(krxCalendarDay('2026-10-03'), secondOfDay('10:00'))).toBeNull();
  expect(sessionAt(null, secondOfDay('10:00'))).toBeNull();
});

test.each([
  ['08:35', 'limit', 'day', 'open_auction'],
  ['08:35', 'pre_close', 'day', 'pre'],
  ['08:45', 'pre_close', 'day', null],
  ['08:45', 'best', 'day', null],
  ['10:00', 'market', 'ioc', 'regular'],
  ['10:00', 'conditional', 'day', 'regular'],
  ['10:00', 'conditional', 'ioc', null],
  ['15:25', 'limit', 'day', 'close_auction'],
  ['15:25', 'limit', 'fok', null],
  ['15:45', 'limit', 'day', null],
  ['15:45', 'post_close', 'day', 'post_fixed'],
  ['17:00', 'limit', 'ioc', 'after'],
  ['17:00', 'market', 'day', null],
] as const)('at %s a %s order (%s) joins %s', (clock, priceType, timeInForce, session) => {
  expect(sessionForOrder(DAY, secondOfDay(clock), { priceType, timeInForce })?.session ?? null).toBe(session);
});

test('the ten-minute auctions before 2026-09-14 took limit orders only', () => {
  const at = secondOfDay('17:00');
  expect(sessionForOrder(OLD_DAY, at, { priceType: 'limit', timeInForce: 'day' })?.session).toBe('after');
  expect(sessionForOrder(OLD_DAY, at, { priceType: 'best', timeInForce: 'day' })).toBeNull();
  expect(sessionTakes('after', { priceType: 'limit', timeInForce: 'ioc', day: '2026-09-11' })).toBe(false);
});
