import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csvFolder } from '#lib/testing/csv-folder.ts';
import { sharedPath } from '#lib/testing/shared.ts';
import { literal, withDuck } from './duck.ts';
import { type ImportOutcome, importData } from './import-data.ts';
import { loadColumns } from './load-columns.ts';

const { path, csv } = csvFolder('narae-factors-');

/** One symbol's days as `[day, price, volume]`; every price of the bar is that one. */
const bars = (name: string, rows: readonly (readonly [string, number, number])[]) =>
  csv(name, [
    'date,code,market,open,high,low,close,volume',
    ...rows.map(([day, price, volume]) => `${day},000010,KOSPI,${price},${price},${price},${price},${volume}`),
  ]);
const countOf = (outcome: ImportOutcome, code: string) => outcome.findings.find((finding) => finding.code === code)?.count ?? 0;

/** 5:1 with three halted sessions: 50,000 → 10,000 won. */
const SPLIT = [
  ['2021-04-08', 49_000, 100],
  ['2021-04-09', 50_000, 100],
  ['2021-04-12', 50_000, 0],
  ['2021-04-13', 50_000, 0],
  ['2021-04-14', 50_000, 0],
  ['2021-04-15', 10_500, 500],
  ['2021-04-16', 10_400, 500],
] as const;

describe('factors of a file', () => {
  test('are kept beside raw prices that stay as they were, and silence the suspicion of a split', async () => {
    const file = await bars('split.csv', SPLIT);
    const without = await importData({ file, out: path('without'), isAdjusted: false });
    expect(without.findings.find(({ code }) => code === 'suspected_splits')).toMatchObject({
      count: 1,
      samples: [{ code: '000010', t: '2021-04-15', day_before: '2021-04-09', factor: 0.2 }],
    });
    const factors = await csv('split-factors.csv', ['code,ex_date,adj_factor', '000010,2021-04-15,0.2']);
    const outcome = await importData({ file, out: path('with'), factors });
    expect(outcome.ok && outcome.manifest.isAdjusted).toBe(false);
    expect(countOf(outcome, 'suspected_splits')).toBe(0);
    const columns = await loadColumns(path('with'), { from: '2021-04-01', to: '2021-04-30' });
    expect([...columns.close]).toEqual(SPLIT.map(([, price]) => price));
    expect([...columns.factor!]).toEqual([0.2, 0.2, 0.2, 0.2, 0.2, 1, 1]);
  });

  test('of a day without a bar count from the next bar on, and two of them multiply', async () => {
    const file = await bars('late.csv', [SPLIT[0], SPLIT[1], SPLIT[5], SPLIT[6]]);
    const factors = await csv('late-factors.csv', ['code,ex_date,adj_factor', '000010,2021-04-12,0.4', '000010,2021-04-14,0.5']);
    await importData({ file, out: path('late'), factors });
    expect([...(await loadColumns(path('late'), { from: '2021-04-01', to: '2021-04-30' })).factor!]).toEqual([0.2, 0.2, 1, 1]);
  });

  test.each([
    { halted: 3, applied: [0.2, 0.2, 0.2, 0.2, 1], why: 'the halt of a split' },
    { halted: 4, applied: [1, 1, 1, 1, 1, 1], why: 'a longer one may end in a revaluation, and is listed' },
  ])('derived across $halted halted sessions: $why', async ({ halted, applied }) => {
    const days = ['2022-03-02', '2022-03-03', '2022-03-04', '2022-03-07', '2022-03-08', '2022-03-10'];
    const line = (day: string, price: number, volume: number) => `${day},000010,KOSPI,${price},${price},${price},${price},${volume},0,9`;
    const file = await csv(`halt-${halted}.csv`, [
      'date,code,market,open,high,low,close,volume,change,listed_shares',
      ...days.slice(0, halted + 1).map((day, i) => line(day, 50_000, i === 0 ? 10 : 0)),
      line(days[halted + 1]!, 10_000, 10),
    ]);
    const out = path(`halt-${halted}`);
    const outcome = await importData({ file, out });
    expect([...(await loadColumns(out, { from: '2022-03-01', to: '2022-03-31' })).factor!]).toEqual(applied);
    expect(countOf(outcome, 'doubtful_factors') + countOf(outcome, 'suspected_splits')).toBe(applied[0] === 1 ? 2 : 0);
  });

  test('that meet no bar are told', async () => {
    const factors = await csv('idle.csv', ['code,ex_date,adj_factor', '000010,2022-01-03,0.5', '999999,2021-04-15,0.5']);
    const outcome = await importData({ file: await bars('idle-bars.csv', SPLIT), out: path('idle'), factors });
    expect(countOf(outcome, 'unused_factors')).toBe(2);
  });

  test('win over the exchange’s base price on their day', async () => {
    const file = await csv('both.csv', [
      'date,code,market,open,high,low,close,volume,change,listed_shares',
      '2022-03-02,000010,KOSPI,500000,500000,500000,500000,10,0,9',
      '2022-03-03,000010,KOSPI,100000,100000,100000,100000,10,-1000,9',
      '2022-03-04,000010,KOSPI,50000,50000,50000,50000,10,0,9',
    ]);
    const factors = await csv('both-factors.csv', ['code,ex_date,adj_factor', '000010,2022-03-03,0.2']);
    await importData({ file, out: path('both'), factors });
    // Derived: 101,000 ÷ 500,000 = 0.202 on the 3rd (the file says 0.2), 50,000 ÷ 100,000 on the 4th.
    expect([...(await loadColumns(path('both'), { from: '2022-03-02', to: '2022-03-04' })).factor!]).toEqual([0.1, 0.5, 1]);
  });

  test.each([
    { rows: ['000010,2021-04-15,0'], says: 'no factor between' },
    { rows: ['000010,someday,0.5'], says: 'no factor between' },
    { rows: ['000010,2021-04-15,0.5', '10,2021-04-15,0.2'], says: 'twice' },
  ])('$rows are refused', async ({ rows, says }) => {
    const factors = await csv('bad-factors.csv', ['code,ex_date,adj_factor', ...rows]);
    await expect(importData({ file: await bars('bad.csv', SPLIT), out: path('bad'), factors })).rejects.toThrow(says);
  });

  test('do not go with adjusted prices', async () => {
    const factors = await csv('adjusted-factors.csv', ['code,ex_date,adj_factor', '000010,2021-04-15,0.2']);
    const file = await bars('adjusted.csv', SPLIT);
    await expect(importData({ file, out: path('adjusted'), factors, isAdjusted: true })).rejects.toThrow('factors go with raw prices');
  });
});

const KRX = sharedPath('data/krx/') ?? '';
/** One symbol of a real file, with its prices before a day multiplied: what it looked like before the source adjusted it. */
async function realSymbol(name: string, source: string, code: string, rawBefore?: { day: string; times: number }): Promise<string> {
  const file = path(name);
  const scale = rawBefore ? `case when date < date ${literal(rawBefore.day)} then ${rawBefore.times} else 1 end` : '1';
  const prices = ['open', 'high', 'low', 'close'].map((price) => `${price} * ${scale} as ${price}`).join(', ');
  await withDuck((db) =>
    db.run(
      `copy (select date, code, market, ${prices}, volume from ${literal(join(KRX, source))} where code = ${literal(code)}) to ${literal(file)} (format parquet)`,
    ),
  );
  return file;
}

describe.runIf(KRX !== '')('known splits of real prices', () => {
  test('Samsung 005930, 50:1 on 2018-05-04: unadjusted it is suspected, with its factor the adjusted series comes back', async () => {
    const file = await realSymbol('samsung.parquet', 'daily_adj_31_1990_2023.parquet', '005930', { day: '2018-05-04', times: 50 });
    const without = await importData({ file, out: path('samsung'), isAdjusted: false });
    expect(without.findings.find(({ code }) => code === 'suspected_splits')?.samples).toEqual([
      expect.objectContaining({ t: '2018-05-04', before: 2_650_000, close: 51_900, factor: 0.02 }),
    ]);
    const factors = await csv('samsung-factors.csv', ['code,ex_date,adj_factor', '005930,2018-05-04,0.02']);
    const outcome = await importData({ file, out: path('samsung'), factors });
    expect(countOf(outcome, 'suspected_splits') + countOf(outcome, 'beyond_limit')).toBe(0);
    const { times, close, factor, time } = await loadColumns(path('samsung'), { from: '2018-04-27', to: '2018-05-04' });
    const adjusted = [...close].map((price, row) => [times[time[row]!], price, price * factor![row]!]);
    expect(adjusted[0]).toEqual(['2018-04-27', 2_650_000, 53_000]);
    expect(adjusted.at(-1)).toEqual(['2018-05-04', 51_900, 51_900]);
  });

  test('Kakao 035720, 5:1 on 2021-04-15: raw it is suspected, and the file of actions mends it', async () => {
    const file = await realSymbol('kakao.parquet', 'daily_raw_144_2015_2022.parquet', '035720');
    const without = await importData({ file, out: path('kakao'), isAdjusted: false });
    expect(without.findings.find(({ code }) => code === 'suspected_splits')?.samples).toEqual([
      expect.objectContaining({ t: '2021-04-15', before: 558_000, close: 120_500, factor: 0.2 }),
    ]);
    const factors = join(KRX, 'corporate_actions_inferred_2020_2022.csv');
    const outcome = await importData({ file, out: path('kakao'), factors });
    expect(countOf(outcome, 'suspected_splits')).toBe(0);
    const { close, factor } = await loadColumns(path('kakao'), { from: '2021-04-09', to: '2021-04-15' });
    // The file's 0.20072 is 558,000 → 112,000 of rounded prices: near enough to one fifth to be one.
    expect(close[0]! * factor![0]!).toBeCloseTo(111_600, 6);
    expect([close.at(-1), factor!.at(-1)]).toEqual([120_500, 1]);
  });
});
