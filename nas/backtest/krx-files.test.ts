import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { sharedPath } from '#lib/testing/shared.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { type ImportInput, importData } from './import-data.ts';
import { loadColumns } from './load-columns.ts';
import { verifyData } from './verify-data.ts';

/** Real prices of KRX with a README that counts their rows and faults. */
const KRX = sharedPath('data/krx/') ?? '';
const calendar = join(KRX, 'calendar.parquet');

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'narae-krx-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

interface Expected {
  readonly file: string;
  readonly options?: Partial<ImportInput>;
  readonly rows: number;
  readonly symbols: number;
  readonly span: string;
  readonly findings: Readonly<Record<string, number>>;
}

/**
 * Counts as the README has them, except where a comment says why not: `ohlc` + `ohlc_rounding` (+ `no_price`) are its "OHLC",
 * `beyond_limit` its "limit", `gaps` its "gaps".
 */
const FILES: readonly Expected[] = [
  {
    file: 'daily_adj_1999_2022',
    rows: 3_288_548,
    symbols: 599,
    span: '1999-09-16..2022-03-15',
    findings: { gaps: 211, beyond_limit: 16, suspected_splits: 22 },
  },
  {
    // 42 traded rows have a price of 0. The README finds nine fewer of the 93,391 OHLC faults beyond rounding.
    file: 'daily_adj_kosdaq_2000_2021',
    rows: 3_814_611 - 42,
    symbols: 1_535,
    span: '2000-01-04..2021-10-01',
    findings: {
      no_price: 42,
      ohlc: 16_031,
      ohlc_rounding: 77_360,
      zero_volume: 89_909,
      gaps: 424,
      beyond_limit: 53,
      suspected_splits: 48,
    },
  },
  {
    file: 'daily_adj_kospi_2020_2026',
    rows: 1_428_309,
    symbols: 948,
    span: '2020-01-02..2026-05-29',
    findings: { ohlc: 44, ohlc_rounding: 2_498, zero_volume: 18_284, gaps: 46, beyond_limit: 1, suspected_splits: 2 },
  },
  {
    // The README counts 30,495 rows without volume; the file has 30,395.
    file: 'daily_adj_all_2023_2025',
    rows: 983_537,
    symbols: 2_760,
    span: '2023-12-05..2025-06-16',
    findings: { ohlc: 12, ohlc_rounding: 73, zero_volume: 30_395, gaps: 40, beyond_limit: 5, suspected_splits: 5 },
  },
  {
    // 26 rows have an open of 0 on traded days; the README counts none of them as an OHLC fault.
    file: 'daily_kospi_2018_2019',
    rows: 146_770 - 26,
    symbols: 419,
    span: '2018-01-02..2019-09-05',
    findings: { no_price: 26, ohlc: 203, ohlc_rounding: 6, zero_volume: 1_204, gaps: 34, beyond_limit: 18, suspected_splits: 23 },
  },
  {
    // 280 rows of seven days on which nobody traded are left out.
    file: 'daily_yahoo_2000_2017',
    rows: 421_485 - 280,
    symbols: 237,
    span: '2000-01-04..2017-12-28',
    findings: { zero_volume: 5_077, closed_days: 7, gaps: 84, missing_sessions: 4, suspected_splits: 1 },
  },
  {
    file: 'daily_raw_144_2015_2022',
    rows: 238_590,
    symbols: 144,
    span: '2015-01-02..2022-09-19',
    findings: { ohlc: 82, ohlc_rounding: 1_520, zero_volume: 1_223, gaps: 10, missing_sessions: 2, beyond_limit: 10, suspected_splits: 9 },
  },
  {
    // The third move of the README's is of 1998-12, before the 15 % limit.
    file: 'daily_adj_31_1990_2023',
    rows: 95_517,
    symbols: 31,
    span: '1990-09-11..2023-12-22',
    findings: { zero_volume: 220, gaps: 1, traded_off_session: 8, missing_sessions: 261, beyond_limit: 2 },
  },
  {
    file: 'daily_etf_2020_2025',
    options: { isAdjusted: false },
    rows: 454_671,
    symbols: 695,
    span: '2020-01-02..2025-12-15',
    findings: { zero_volume: 4_493 },
  },
  {
    // 32 of the README's 34 moves are explained by the exchange's own base prices; the four suspected splits follow a long halt or a hole.
    file: 'daily_raw_market_days_2021_2026',
    options: { listings: [join(KRX, 'instruments_2026_03.parquet'), join(KRX, 'delisted_1956_2026.parquet')] },
    rows: 521_324 - 2,
    symbols: 3_191,
    span: '2021-01-04..2026-03-20',
    findings: {
      no_price: 2,
      zero_volume: 17_479,
      gaps: 91,
      missing_sessions: 1_085,
      missing_session: 1,
      adjusted_days: 238,
      doubtful_factors: 48,
      before_listing: 38,
      beyond_limit: 2,
      suspected_splits: 4,
    },
  },
  {
    file: 'bars_5m_2020',
    options: { isAdjusted: false },
    rows: 83_794,
    symbols: 28,
    span: '2020-02-18..2020-04-16',
    findings: { zero_volume: 1_199, suspected_splits: 1 },
  },
  {
    file: 'bars_60m_2019_2020',
    options: { isAdjusted: false, barMinutes: 60 },
    rows: 18_551,
    symbols: 8,
    span: '2019-01-02..2020-07-24',
    findings: { zero_volume: 2_672 },
  },
  {
    // Bars between the 97 moments of ten days.
    file: 'intraday_snapshots_2026_03',
    options: { isAdjusted: false },
    rows: 279_355,
    symbols: 2_883,
    span: '2026-03-09..2026-03-20',
    findings: { cut_from_snapshots: 279_355, zero_volume: 26_718, beyond_limit: 2 },
  },
];

describe.runIf(KRX !== '')('real prices of KRX', () => {
  test.each(FILES)(
    '$file imports with the counts of its README and verifies',
    { timeout: 300_000 },
    async ({ file, options, ...expected }) => {
      const out = join(dir, file);
      const outcome = await importData({ file: join(KRX, `${file}.parquet`), out, calendar, ...options });
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.findings)}`);
      const { rows, symbols, from, to } = outcome.manifest;
      const findings = Object.fromEntries(outcome.findings.map(({ code, count }) => [code, count]));
      expect({ rows, symbols, span: `${from}..${to}`, findings }).toEqual(expected);
      expect(await verifyData(out)).toMatchObject({ ok: true, rows, dataHash: outcome.manifest.dataHash });
      await rm(out, { recursive: true });
    },
  );

  test.each([
    { file: 'close_raw_2025_2026', says: 'lacks the columns open, high, low, volume' },
    { file: 'index_bars', says: 'lacks the columns code' },
  ])('$file has no bars of symbols: refused with what it lacks', async ({ file, says }) => {
    await expect(importData({ file: join(KRX, `${file}.parquet`), out: join(dir, file) })).rejects.toThrow(says);
  });

  test('the dirty sample is refused with every reason, and nothing is written', async () => {
    const out = join(dir, 'dirty');
    const outcome = await importData({ file: join(KRX, 'dirty_sample_2000_2017.parquet'), out, calendar });
    expect(outcome.ok).toBe(false);
    const counts = (severity: string) =>
      Object.fromEntries(outcome.findings.filter((finding) => finding.severity === severity).map(({ code, count }) => [code, count]));
    // The README's faults: close raw beside adjusted open, high and low; holiday rows; scale breaks.
    expect(counts('fatal')).toEqual({ ohlc: 6_070, broken_symbols: 3, no_session: 217 });
    expect(counts('minor')).toMatchObject({ zero_volume: 310, closed_days: 39, beyond_limit: 12 });
    for (const { ko, en, samples } of outcome.findings)
      expect([ko, en, samples.length > 0]).toEqual([expect.any(String), expect.any(String), true]);
    expect(existsSync(out)).toBe(false);
  });

  test('bars that lost their clock begin when their day opened, and run as 60-minute bars', async () => {
    const out = join(dir, 'hours');
    await importData({ file: join(KRX, 'bars_60m_2019_2020.parquet'), out, calendar, isAdjusted: false, barMinutes: 60 });
    const first = async (day: string) => (await loadColumns(out, { from: day, to: day })).times;
    expect(await first('2019-01-02')).toEqual(['10', '11', '12', '13', '14'].map((hour) => `2019-01-02T${hour}:00`));
    expect((await first('2019-01-03'))[0]).toBe('2019-01-03T09:00');
    expect((await first('2019-11-14'))[0]).toBe('2019-11-14T10:00');
    const columns = await loadColumns(out, { from: '2019-01-02', to: '2020-07-24' });
    const document = { ...goldenCross.document, timeframe: '60m' };
    const run = await runBacktest({ document, columns, from: '2019-03-04', to: '2020-07-24', capital: 100_000_000 });
    if (!run.ok) throw new Error(JSON.stringify(run.faults));
    expect(run.result.trades.length).toBeGreaterThan(10);
    expect(run.result.lookAhead.verdict).toBe('clean');
  });

  test('5-minute bars load with their clock, and a split inside them is suspected, then mended by its factor', async () => {
    const out = join(dir, 'five');
    const file = join(KRX, 'bars_5m_2020.parquet');
    const factors = join(dir, 'yuhan.csv');
    await writeFile(factors, 'code,ex_date,adj_factor\n000100,2020-04-08,0.2\n');
    const outcome = await importData({ file, out, calendar, factors });
    expect(outcome.findings.map(({ code }) => code)).not.toContain('suspected_splits');
    // The source has no bars after 14:55.
    const { times, isAdjusted, factor, close } = await loadColumns(out, { from: '2020-04-02', to: '2020-04-08', symbols: ['000100'] });
    expect([times[0], times.at(-1), isAdjusted]).toEqual(['2020-04-02T09:00', '2020-04-08T14:55', false]);
    expect([factor![0], factor!.at(-1), close.at(-1)! > 40_000]).toEqual([0.2, 1, true]);
  });

  test('snapshots become bars whose volumes add up to the day’s and whose range holds the day’s', async () => {
    const out = join(dir, 'snapshots');
    await importData({ file: join(KRX, 'intraday_snapshots_2026_03.parquet'), out, calendar, isAdjusted: false });
    const { times, high, low, close, volume } = await loadColumns(out, { from: '2026-03-09', to: '2026-03-09', symbols: ['005930'] });
    expect([times[0], times[1], times.length]).toEqual(['2026-03-09T09:00', '2026-03-09T10:08', 10]);
    expect(volume.reduce((sum, shares) => sum + shares, 0)).toBe(43_066_020);
    expect([Math.max(...high), Math.min(...low), close.at(-1)]).toEqual([175_500, 167_300, 173_500]);
    // 14:10 to 14:39: the day's low fell to 167,300 in between; its high was older.
    expect([times[6], high[6], low[6]]).toEqual(['2026-03-09T14:10', 168_600, 167_300]);
  });
});
