import { describe, expect, test } from 'vitest';
import { addDays, isWeekend } from '#domain/market/day.ts';
import { csvFolder } from '#lib/testing/csv-folder.ts';
import { importData } from './import-data.ts';
import { loadColumns } from './load-columns.ts';

const { path, csv } = csvFolder('narae-quality-');

const HEADER = 'date,code,market,open,high,low,close,volume';
const weekdays = (from: string, count: number) =>
  Array.from({ length: count * 2 }, (_, i) => addDays(from, i))
    .filter((day) => !isWeekend(day))
    .slice(0, count);
const row = (day: string, code: string, price: number, volume = 10, market = 'KOSPI') =>
  `${day},${code},${market},${price},${price},${price},${price},${volume}`;

describe('against a calendar', () => {
  const days = weekdays('2022-03-02', 60);
  const holiday = days[30]!;
  const calendarLines = (list: readonly string[]) => [
    'date,is_session,open_kst',
    ...list.map((day) => `${day},${day !== holiday},${day === days[0] ? '10:00' : '09:00'}`),
  ];

  test('an import tells missing days, rows of closed days and long stretches without a trade', async () => {
    const calendar = await csv('calendar.csv', calendarLines(days));
    const lines = days
      .filter((day) => day !== days[10])
      .flatMap((day, i) => [
        row(day, '000010', 1_000, day === holiday ? 0 : 10), // closed, and written all the same
        row(day, '000020', 1_000), // says that it traded on the closed day
        ...(day === holiday ? [] : [row(day, '000030', 1_000, i >= 20 && i < 45 ? 0 : 10)]),
      ]);
    const file = await csv('faulty.csv', [HEADER, ...lines]);
    const outcome = await importData({ file, out: path('faulty'), calendar });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
    const found = Object.fromEntries(outcome.findings.map(({ code, count, samples }) => [code, { count, first: samples[0] }]));
    expect(found).toMatchObject({
      missing_sessions: { count: 1, first: { t: days[10] } },
      no_session: { count: 1, first: { code: '000010', day: holiday } },
      traded_off_session: { count: 1, first: { code: '000020', day: holiday } },
      gaps: { count: 1, first: { code: '000030', missing: '24' } },
    });
    expect(outcome.manifest.rows).toBe(59 * 3 - 2);
  });

  test('a calendar that does not cover the file, or is none, is refused', async () => {
    const file = await csv('long.csv', [HEADER, row('2023-03-02', '000010', 1_000)]);
    const short = await csv('short-calendar.csv', calendarLines(days));
    await expect(importData({ file, out: path('x'), calendar: short })).rejects.toThrow('does not cover 1 rows');
    await expect(importData({ file, out: path('x'), calendar: file })).rejects.toThrow('lacks the columns is_session');
  });

  test('numbered bars begin when the day opens, and need to know it', async () => {
    const [first, second] = days as [string, string];
    const lines = [first, second].flatMap((day) => [0, 1].map((seq) => `${row(day, '000010', 1_000)},${seq}`));
    const file = await csv('numbered.csv', [`${HEADER},seq`, ...lines]);
    const calendar = await csv('opening.csv', calendarLines(days));
    await importData({ file, out: path('numbered'), calendar, barMinutes: 60 });
    expect((await loadColumns(path('numbered'), { from: first, to: second })).times).toEqual([
      `${first}T10:00`,
      `${first}T11:00`,
      `${second}T09:00`,
      `${second}T10:00`,
    ]);
    await expect(importData({ file, out: path('x'), calendar })).rejects.toThrow('--minutes 60');
    await expect(importData({ file, out: path('x'), barMinutes: 60 })).rejects.toThrow('--calendar');
  });
});

describe('moves are judged by the limit of their day and market', () => {
  test.each([
    { day: '2015-06-12', market: 'KOSPI', to: 11_400, isBeyond: false, why: '14 % under a limit of 15 %' },
    { day: '2015-06-12', market: 'KOSPI', to: 11_600, isBeyond: true, why: '16 % on the last day of 15 %' },
    { day: '2015-06-15', market: 'KOSPI', to: 11_600, isBeyond: false, why: '16 % on the first day of 30 %' },
    { day: '2015-06-16', market: 'KOSDAQ', to: 13_100, isBeyond: true, why: '31 % beyond 30 %' },
    { day: '2005-03-25', market: 'KOSDAQ', to: 11_300, isBeyond: true, why: '13 % on the last day of KOSDAQ’s 12 %' },
    { day: '2005-03-28', market: 'KOSDAQ', to: 11_300, isBeyond: false, why: '13 % on the first day of 15 %' },
    { day: '2022-03-03', market: 'KONEX', to: 11_600, isBeyond: true, why: 'KONEX kept 15 %' },
  ])('$why ($day $market)', async ({ day, market, to, isBeyond }) => {
    const before = [1, 2, 3, 4].map((n) => addDays(day, -n)).find((candidate) => !isWeekend(candidate))!;
    const file = await csv('move.csv', [HEADER, row(before, '000010', 10_000, 10, market), row(day, '000010', to, 10, market)]);
    const outcome = await importData({ file, out: path('move') });
    expect(outcome.findings.map(({ code }) => code)).toEqual(isBeyond ? ['beyond_limit'] : []);
  });
});
