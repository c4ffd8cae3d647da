import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { sharedPath } from '#lib/testing/shared.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { withDuck } from './duck.ts';
import { importData } from './import-data.ts';
import { loadColumns } from './load-columns.ts';
import { dataHash } from './manifest.ts';
import { verifyData } from './verify-data.ts';

const REAL_DATA = sharedPath('data/krx/') ?? '';
const real = (name: string) => join(REAL_DATA, name);

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'narae-import-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** 30 sessions of two symbols as tidy CSV lines. */
const HEADER = 'date,code,market,open,high,low,close,volume';
const DAYS = Array.from({ length: 42 }, (_, i) => new Date(Date.UTC(2022, 0, 3 + i)).toISOString().slice(0, 10)).filter(
  (day) => ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()),
);
const good = ['000010', '000020', '000030'].flatMap((code, n) =>
  DAYS.map((day, i) => `${day},${code},${n ? 'KOSDAQ' : 'KOSPI'},${1000 + i},${1010 + i},${990 + i},${1005 + i},${100 + n}`),
);
async function csv(name: string, lines: readonly string[], header = HEADER): Promise<string> {
  const file = join(dir, name);
  await writeFile(file, [header, ...lines].join('\n'));
  return file;
}

describe('an import', () => {
  test('stores bars that come back as they were, and the same bars hash alike in any order and format', async () => {
    const file = await csv('good.csv', good);
    const shuffled = await csv('shuffled.csv', [...good].reverse());
    const parquet = join(dir, 'good.parquet');
    await withDuck((db) =>
      db.run(`copy (select * from read_csv('${file}', types = {'code': 'VARCHAR'})) to '${parquet}' (format parquet)`),
    );
    const outcomes = await Promise.all(
      [file, shuffled, parquet].map((source, i) => importData({ file: source, out: join(dir, `out${i}`) })),
    );
    const hashes = outcomes.map((outcome) => outcome.ok && outcome.manifest.dataHash);
    expect(new Set(hashes).size).toBe(1);
    expect(outcomes[1]!.findings.map(({ code }) => code)).toEqual(['unsorted']);
    const columns = await loadColumns(join(dir, 'out0'), { from: '2022-01-03', to: '2022-12-31' });
    expect(columns).toMatchObject({ times: DAYS, isAdjusted: true, isIntraday: false, dataHash: hashes[0], value: null });
    expect(columns.symbols).toEqual([
      { code: '000010', name: '', market: 'KOSPI', kind: 'stock', isEnded: false },
      { code: '000020', name: '', market: 'KOSDAQ', kind: 'stock', isEnded: false },
      { code: '000030', name: '', market: 'KOSDAQ', kind: 'stock', isEnded: false },
    ]);
    expect([...columns.offset]).toEqual([0, 30, 60, 90]);
    expect([columns.open[31], columns.high[31], columns.low[31], columns.close[31], columns.volume[31], columns.time[31]]).toEqual([
      1001, 1011, 991, 1006, 101, 1,
    ]);
    expect(await verifyData(join(dir, 'out0'))).toMatchObject({ ok: true, rows: 90 });
  });

  test('loads a period, its warm-up, some symbols or one market', async () => {
    await importData({ file: await csv('part.csv', good), out: join(dir, 'part') });
    const from = '2022-02-01';
    expect((await loadColumns(join(dir, 'part'), { from, to: '2022-02-04' })).times).toEqual(
      DAYS.filter((day) => day >= from && day <= '2022-02-04'),
    );
    expect(
      (await loadColumns(join(dir, 'part'), { from, to: '2022-02-04', historyBars: 5 })).times.filter((day) => day < from).length,
    ).toBeGreaterThanOrEqual(5);
    expect((await loadColumns(join(dir, 'part'), { from, to: '2022-02-04', symbols: ['000030'] })).symbols.map(({ code }) => code)).toEqual(
      ['000030'],
    );
    expect((await loadColumns(join(dir, 'part'), { from, to: '2022-02-04', markets: ['KOSPI'] })).symbols.map(({ code }) => code)).toEqual([
      '000010',
    ]);
    await expect(loadColumns(join(dir, 'part'), { from: '2030-01-01', to: '2030-02-01' })).rejects.toThrow('no bars');
    await expect(loadColumns(join(dir, 'nowhere'), { from, to: from })).rejects.toThrow('data import');
  });

  test('takes marcap columns, knows them as raw and keeps value, market cap and shares', async () => {
    const lines = DAYS.map((day) => `5930,삼성전자,KOSPI,70000,71000,69000,70500,1000,70500000,420000000000000,5969782550,0.5,${day}`);
    const file = await csv('marcap.csv', lines, 'Code,Name,Market,Open,High,Low,Close,Volume,Amount,Marcap,Stocks,ChagesRatio,Date');
    const outcome = await importData({ file, out: join(dir, 'marcap') });
    expect(outcome.ok && outcome.manifest).toMatchObject({ isAdjusted: false, symbols: 1 });
    const columns = await loadColumns(join(dir, 'marcap'), { from: '2022-01-01', to: '2022-12-31' });
    expect(columns.symbols[0]).toMatchObject({ code: '005930', name: '삼성전자' });
    expect([columns.value?.[0], columns.marketCap?.[0], columns.listedShares?.[0]]).toEqual([
      70_500_000, 420_000_000_000_000, 5_969_782_550,
    ]);
  });

  test('derives factors from the exchange’s day change: a 5:1 split, and a rights issue that is no simple ratio', async () => {
    // Closes 500,000 → 100,000 → 99,000 → 90,000; base prices 100,000 (split), 99,000 → 88,110 (0.89, rights issue).
    const rows = [
      ['2022-03-02', 500_000, 0],
      ['2022-03-03', 100_000, 0],
      ['2022-03-04', 99_000, -1_000],
      ['2022-03-07', 90_000, 1_890],
    ] as const;
    const file = await csv(
      'split.csv',
      rows.map(([day, close, change]) => `${day},000010,KOSPI,${close},${close},${close},${close},10,${change},9`),
      `${HEADER},change,listed_shares`,
    );
    const outcome = await importData({ file, out: join(dir, 'split') });
    expect(outcome.findings.find(({ code }) => code === 'adjusted_days')).toMatchObject({ count: 2, severity: 'minor' });
    const columns = await loadColumns(join(dir, 'split'), { from: '2022-03-02', to: '2022-03-07' });
    [0.2 * 0.89, 0.89, 0.89, 1].forEach((factor, i) => {
      expect(columns.factor![i]).toBeCloseTo(factor, 12);
    });
    expect(await verifyData(join(dir, 'split'))).toMatchObject({ ok: true });
  });

  test('does not take a missing session for a market-wide split', async () => {
    // Twelve symbols rise 100 won a day; the file lacks 2022-03-03, so the base price of the 4th is not the close of the 2nd.
    const lines = Array.from({ length: 12 }, (_, s) => String(s).padStart(6, '0')).flatMap((code) =>
      [
        ['2022-03-02', 1_000],
        ['2022-03-04', 1_200],
        ['2022-03-07', 1_300],
      ].map(([day, close]) => `${day},${code},KOSPI,${close},${close},${close},${close},10,100,9`),
    );
    const outcome = await importData({ file: await csv('hole.csv', lines, `${HEADER},change,listed_shares`), out: join(dir, 'hole') });
    expect(outcome.findings.map(({ code }) => code)).toEqual(['missing_session']);
    expect([...(await loadColumns(join(dir, 'hole'), { from: '2022-03-02', to: '2022-03-07' })).factor!]).toEqual(Array(36).fill(1));
  });

  test.each([
    { written: '2022-03-02 09:01:00', why: 'a clock without a zone is Seoul’s' },
    { written: '2022-03-02T09:01:00+09:00', why: 'Seoul’s own zone' },
    { written: '2022-03-02T00:01:00Z', why: 'universal time' },
    { written: '2022-03-01T19:01:00-0500', why: 'a clock far away' },
  ])('reads $written as 09:01 in Seoul: $why', async ({ written }) => {
    await importData({ file: await csv('zone.csv', [`${written},000010,KOSPI,100,105,99,100,10`]), out: join(dir, 'zone') });
    expect((await loadColumns(join(dir, 'zone'), { from: '2022-03-02', to: '2022-03-02' })).times).toEqual(['2022-03-02T09:01']);
  });

  test('reads a day without dashes, and a moment of a Parquet file with a zone', async () => {
    await importData({ file: await csv('plain.csv', ['20220302,000010,KOSPI,100,105,99,100,10']), out: join(dir, 'plain') });
    expect((await loadColumns(join(dir, 'plain'), { from: '2022-03-02', to: '2022-03-02' })).times).toEqual(['2022-03-02']);
    const file = join(dir, 'zoned.parquet');
    await withDuck((db) =>
      db.run(
        `copy (select '2022-03-02T00:01:00Z'::timestamptz as date, '000010' as code, 100 as open, 100 as high, 100 as low, 100 as close, 1 as volume) to '${file}' (format parquet)`,
      ),
    );
    await importData({ file, out: join(dir, 'zoned') });
    expect((await loadColumns(join(dir, 'zoned'), { from: '2022-03-02', to: '2022-03-02' })).times).toEqual(['2022-03-02T09:01']);
  });

  test('takes minute bars', async () => {
    const lines = ['09:00', '09:01', '09:02'].map((clock, i) => `2022-03-02 ${clock}:00,000010,KOSPI,100,105,99,${100 + i},10`);
    await importData({ file: await csv('minutes.csv', lines), out: join(dir, 'minutes') });
    const columns = await loadColumns(join(dir, 'minutes'), { from: '2022-03-02', to: '2022-03-02' });
    expect(columns).toMatchObject({ isIntraday: true, times: ['2022-03-02T09:00', '2022-03-02T09:01', '2022-03-02T09:02'] });
  });

  test('repairs what it can and says so: halts keep their close, ranges are widened by rounding', async () => {
    const lines = [...good, '2022-02-14,000010,KOSPI,0,0,0,1034,0', '2022-02-15,000010,KOSPI,10001,10000,9990,9995,5', good[0]!];
    const outcome = await importData({ file: await csv('repair.csv', lines), out: join(dir, 'repair') });
    expect(outcome.ok).toBe(true);
    expect(Object.fromEntries(outcome.findings.map(({ code, count }) => [code, count]))).toMatchObject({
      zero_volume: 1,
      ohlc_rounding: 1,
      exact_duplicates: 1,
      beyond_limit: 1,
    });
    const columns = await loadColumns(join(dir, 'repair'), { from: '2022-02-14', to: '2022-02-15' });
    expect([...columns.open, ...columns.high]).toEqual([1034, 10001, 1034, 10001]);
  });

  test('of another file replaces the data in one step and leaves no old version behind', async () => {
    const out = join(dir, 'twice');
    await importData({ file: await csv('first.csv', good), out });
    const before = await dataHash(out);
    await importData({ file: await csv('second.csv', good.slice(0, 60)), out });
    expect(await dataHash(out)).not.toBe(before);
    expect((await readdir(out)).length).toBe(2);
  });
});

describe('an import refuses, and touches nothing', () => {
  test.each([
    { code: 'conflicting_duplicates', lines: ['2022-01-03,000010,KOSPI,1,2,1,2,9'] },
    { code: 'negative', lines: ['2022-03-02,000010,KOSPI,-5,10,-5,5,9'] },
    { code: 'unreadable', lines: ['2022-03-02,000010,KOSPI,5,10,5,many,9'] },
    { code: 'unreadable', lines: ['2022-03-02,000010,KOSPI,5,10,5,inf,9'] },
    { code: 'unreadable', lines: ['someday,000010,KOSPI,5,10,5,7,9'] },
    { code: 'bad_code', lines: ['2022-03-02,12345678,KOSPI,5,10,5,7,9'] },
    { code: 'weekend', lines: ['2022-03-05,000010,KOSPI,5,10,5,7,9'] },
    { code: 'ohlc', lines: DAYS.slice(0, 4).map((day) => `${day},000090,KOSPI,100,50,40,100,9`) },
  ])('$code, with rows to look at', async ({ code, lines }) => {
    const out = join(dir, 'refused');
    const outcome = await importData({ file: await csv('bad.csv', [...good, ...lines]), out });
    expect(outcome.ok).toBe(false);
    const finding = outcome.findings.find((candidate) => candidate.code === code);
    expect(finding).toMatchObject({ severity: 'fatal' });
    expect(finding!.samples.length).toBeGreaterThan(0);
    expect(existsSync(out)).toBe(false);
  });

  test('a file without the needed columns, naming them', async () => {
    await expect(importData({ file: await csv('columns.csv', ['1,2'], 'date,price'), out: join(dir, 'x') })).rejects.toThrow(
      /lacks the columns code, open, high, low, close, volume/,
    );
  });

  test('a file that is not there or not Parquet', async () => {
    await expect(importData({ file: join(dir, 'ghost.parquet'), out: join(dir, 'x') })).rejects.toThrow('there is no file');
    await writeFile(join(dir, 'fake.parquet'), 'not parquet');
    await expect(importData({ file: join(dir, 'fake.parquet'), out: join(dir, 'x') })).rejects.toThrow('not a readable Parquet');
  });

  test('verify finds a damaged file', async () => {
    const out = join(dir, 'damaged');
    const outcome = await importData({ file: await csv('v.csv', good), out });
    if (!outcome.ok) throw new Error('imports');
    const file = join(out, outcome.manifest.version, 'year=2022.parquet');
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 20));
    expect(await verifyData(out)).toMatchObject({ ok: false });
  });
});

describe.runIf(REAL_DATA !== '')('real prices', () => {
  test('the dirty sample is refused with its reasons', async () => {
    const outcome = await importData({ file: real('dirty_sample_2000_2017.parquet'), out: join(dir, 'dirty') });
    expect(outcome.ok).toBe(false);
    const fatal = outcome.findings.filter((finding) => finding.severity === 'fatal').map(({ code, count }) => [code, count]);
    // 6,070 contradictory rows (README: "close raw, open/high/low split-adjusted"), three symbols beyond hope, 112 holiday dates.
    expect(fatal).toEqual(
      expect.arrayContaining([
        ['ohlc', 6070],
        ['broken_symbols', 3],
      ]),
    );
    expect(outcome.findings.map(({ code }) => code)).toContain('closed_days');
    expect(existsSync(join(dir, 'dirty'))).toBe(false);
  });

  test('31 stocks of 1990 to 2023 import and run twice to the same hash', async () => {
    const out = join(dir, 'real31');
    const outcome = await importData({ file: real('daily_adj_31_1990_2023.parquet'), out });
    expect(outcome.findings.filter((finding) => finding.severity === 'fatal')).toEqual([]);
    const columns = await loadColumns(out, { from: '2010-01-01', to: '2020-12-31', historyBars: 100 });
    const input = { document: goldenCross.document, columns, from: '2010-01-01', to: '2020-12-31', capital: 100_000_000 };
    const [first, second] = [await runBacktest(input), await runBacktest(input)];
    if (!first.ok || !second.ok) throw new Error('runs');
    expect(first.result).toEqual(second.result);
    expect(first.result.trades.length).toBeGreaterThan(50);
    expect(first.result.lookAhead.verdict).toBe('clean');
    expect(first.result.equity[0]![0]).toBe('2010-01-04');
  });
});
