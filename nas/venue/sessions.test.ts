import { describe, expect, test } from 'vitest';
import { seoulDay, seoulInstant, seoulTime } from './seoul-time.ts';
import { type MarketHours, sessions } from './sessions.ts';

const at = (day: string, clock: string): number => seoulInstant(day, Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));

describe('the phase at a time', () => {
  test.each<[hours: MarketHours, day: string, clock: string, phase: string]>([
    ['krx', '2026-11-23', '08:29', 'before'],
    ['krx', '2026-11-23', '08:30', 'opening_auction'],
    ['krx', '2026-11-23', '09:00', 'continuous'],
    ['krx', '2026-11-23', '15:19', 'continuous'],
    ['krx', '2026-11-23', '15:20', 'closing_auction'],
    ['krx', '2026-11-23', '15:30', 'after'],
    ['krx', '2026-11-22', '10:00', 'after'],
    ['krx', '2026-12-31', '10:00', 'after'],
    ['krx', '2026-01-02', '09:59', 'opening_auction'],
    ['krx', '2026-01-02', '10:00', 'continuous'],
    ['krx', '2026-11-19', '09:30', 'opening_auction'],
    ['krx', '2026-11-19', '16:29', 'closing_auction'],
    ['demo', '2026-11-22', '00:39', 'opening_auction'],
    ['demo', '2026-11-22', '00:40', 'continuous'],
    ['demo', '2026-11-22', '23:45', 'closing_auction'],
    ['demo', '2026-11-22', '23:50', 'after'],
    ['always', '2026-11-22', '00:00', 'continuous'],
    ['always', '2026-11-22', '23:59', 'continuous'],
  ])('%s %s %s is %s', (hours, day, clock, phase) => {
    expect(sessions(hours).phaseAt(at(day, clock))).toBe(phase);
  });
});

test('the next change is the next phase, or midnight', () => {
  const changes = (hours: MarketHours, day: string, clock: string): string => {
    const next = sessions(hours).nextChange(at(day, clock));
    return `${seoulDay(next)} ${seoulTime(next)}`;
  };
  expect(changes('krx', '2026-11-23', '09:00')).toBe('2026-11-23 152000');
  expect(changes('krx', '2026-11-23', '15:30')).toBe('2026-11-24 000000');
  expect(changes('always', '2026-11-23', '12:00')).toBe('2026-11-24 000000');
});

test('D+2 skips weekends and holidays under KRX hours and counts every day otherwise', () => {
  expect(sessions('krx').tradingDayAfter('2026-12-30', 2)).toBe('2027-01-05');
  expect(sessions('krx').tradingDayAfter('2026-11-20', 2)).toBe('2026-11-24');
  expect(sessions('demo').tradingDayAfter('2026-11-20', 2)).toBe('2026-11-22');
});
