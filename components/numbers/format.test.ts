import { expect, test } from 'vitest';
import {
  arrowOf,
  formatAge,
  formatClockMs,
  formatDay,
  formatPercent,
  formatShortWon,
  formatSignedWon,
  formatTime,
  formatWon,
} from './format.ts';

test.each([
  [1_234_500, 'ko', '1,234,500원'],
  [-1_234_500, 'ko', '−1,234,500원'],
  [1_234_500, 'en', '₩1,234,500'],
  [-5, 'en', '−₩5'],
] as const)('won %d in %s reads %s', (value, locale, text) => expect(formatWon(value, locale)).toBe(text));

test.each([
  [0, '0원'],
  [1, '+1원'],
  [-1, '−1원'],
] as const)('a profit of %d carries its sign: %s', (value, text) => expect(formatSignedWon(value)).toBe(text));

test.each([
  [999_999, '999,999원'],
  [45_670_000, '4,567만'],
  [1_230_000_000, '12.3억'],
  [-2_500_000_000_000, '−2.5조'],
] as const)('%d is short as %s', (value, text) => expect(formatShortWon(value)).toBe(text));

test.each([
  [0.01234, '+1.23%'],
  [-0.3, '−30.00%'],
  [0, '0.00%'],
  [0.00001, '0.00%'],
] as const)('the fraction %d reads %s', (value, text) => expect(formatPercent(value)).toBe(text));

test('times are Seoul times whatever the machine thinks', () => {
  expect(formatTime('2026-11-22T23:30:01.250Z')).toBe('2026-11-23 08:30:01');
  expect(formatClockMs('2026-11-22T23:30:01.050Z')).toBe('08:30:01.050');
  expect(formatDay('2026-11-22T15:00:00Z')).toBe('2026-11-23');
});

test('ages use the largest whole unit, arrows follow the sign', () => {
  expect([formatAge(900), formatAge(61_000), formatAge(7_300_000, 'en')]).toEqual(['0초', '1분', '2h']);
  expect([arrowOf(3), arrowOf(-3), arrowOf(0)]).toEqual(['▲', '▼', '']);
});
