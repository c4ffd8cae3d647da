import { describe, expect, test } from 'vitest';
import { settlementDay, taxEraOf } from '#domain/market/fees-and-tax.ts';
import { tickTable } from '#domain/market/ticks.ts';
import { weekdays } from '#lib/testing/example-run.ts';
import type { Columns } from './columns.ts';
import { columnsFromBars } from './columns-from-bars.ts';
import { weeklyColumns } from './join-columns.ts';
import { ruleDays, taxAt, ticksAt } from './rule-days.ts';

const symbols = [
  { code: '000010', market: 'KOSPI' },
  { code: '000020', market: 'KOSDAQ' },
  { code: '000030', market: 'KONEX' },
  { code: '000040', market: 'KOSPI', kind: 'etf' },
] as const;

/** Every weekday from the autumn of 2009 to the spring of 2026: all tables and rates that have changed since, on both sides. */
const days = weekdays(4300, '2009-09-28');
const price = { open: 1000, high: 1000, low: 1000, close: 1000, volume: 10 };
const daily: Columns = columnsFromBars({
  bars: days.map((time) => ({ code: symbols[0].code, time, ...price })),
  symbols,
  isAdjusted: false,
  dataHash: 'test',
});

describe('the rules of a calendar entry', () => {
  test.each([
    { what: 'of days', columns: daily, dayAt: (t: number) => days[t]! },
    { what: 'of weeks, by their first session', columns: weeklyColumns(daily), dayAt: (t: number) => days[5 * t]! },
  ])('are the ticks of its day: $what', ({ columns, dayAt }) => {
    const rules = ruleDays(columns);
    columns.symbols.forEach(({ market, kind }, symbol) => {
      for (let t = 0; t < columns.times.length; t += 1) {
        if (ticksAt(rules, symbol, t) !== tickTable({ day: dayAt(t), market, kind })) expect.fail(`${market} ${kind} on ${dayAt(t)}`);
      }
    });
  });

  test('are the taxes of its settlement day, however often they are asked for', () => {
    for (let asked = 0; asked < 2; asked += 1) {
      for (let t = 0; t < days.length - 2; t += 1) {
        const settles = days[t]! < '2024-01-01' ? days[t + 2]! : settlementDay(days[t]!);
        if (taxAt(ruleDays(daily), daily, t, 'open') !== taxEraOf(settles)) expect.fail(days[t]!);
      }
    }
  });

  test('are taxes by the first session of a week for a sale at its open, and by its last for one at its close', () => {
    const weekly = weeklyColumns(daily);
    // The week from Monday 2020-12-28 settles in 2020 when sold at its open (Wednesday), in 2021 when sold at Friday's close.
    const week = weekly.times.indexOf('2021-01-01');
    expect(taxAt(ruleDays(weekly), weekly, week, 'close').since).toBe('2021-01-01');
    expect(taxAt(ruleDays(weekly), weekly, week, 'open').since).toBe('2019-06-03');
    expect(taxAt(ruleDays(weekly), weekly, week, 'close').since).toBe('2021-01-01');
  });
});
