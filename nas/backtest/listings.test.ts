import { expect, test } from 'vitest';
import { addDays, isWeekend } from '#domain/market/day.ts';
import { csvFolder } from '#lib/testing/csv-folder.ts';
import { importData } from './import-data.ts';
import { loadColumns } from './load-columns.ts';
import { verifyData } from './verify-data.ts';

const { path, csv } = csvFolder('narae-listings-');

const DAYS = Array.from({ length: 180 }, (_, i) => addDays('2018-01-02', i)).filter((day) => !isWeekend(day));
const LAST = DAYS.at(-1)!;
const bars = (code: string, days: readonly string[], market = 'KOSPI') =>
  days.map((day) => `${day},${code},${market},1000,1000,1000,1000,10`);
const HEADER = 'date,code,market,open,high,low,close,volume';
const LISTED = 'code,market,listing_date';
const DELISTED = 'code,market,listing_date,delisting_date';

test('a symbol has the market of the run’s first day, not the one it moved to later', async () => {
  const moved = DAYS[60]!;
  // The file knows the latest market only; the listings know the move of 000010 (이전상장). 000020 tells its move itself.
  const file = await csv('moves.csv', [
    HEADER,
    ...bars('000010', DAYS),
    ...bars('000020', DAYS.slice(0, 60), 'KOSDAQ GLOBAL'),
    ...bars('000020', DAYS.slice(60)),
    ...bars('000030', DAYS),
  ]);
  const listings = [
    await csv('moves-listed.csv', [LISTED, `000010,KOSPI,${moved}`, '000020,KOSPI,2001-01-02', '000030,KOSPI,2001-01-02']),
    await csv('moves-delisted.csv', [DELISTED, `000010,KOSDAQ,2005-07-19,${moved}`]),
  ];
  const out = path('moves');
  expect((await importData({ file, out, listings })).ok).toBe(true);
  const kosdaq = async (from: string) =>
    (await loadColumns(out, { from, to: LAST, markets: ['KOSDAQ'] })).symbols.map(({ code, market }) => [code, market]);
  expect(await kosdaq(DAYS[0]!)).toEqual([
    ['000010', 'KOSDAQ'],
    ['000020', 'KOSDAQ'],
  ]);
  await expect(kosdaq(moved)).rejects.toThrow('no bars for this request');
  expect((await loadColumns(out, { from: moved, to: LAST })).symbols.map(({ market }) => market)).toEqual(['KOSPI', 'KOSPI', 'KOSPI']);
  // Who moves within a run is loaded for both markets and knows its day.
  const [first] = (await loadColumns(out, { from: DAYS[0]!, to: LAST, markets: ['KOSPI'] })).symbols;
  expect(first).toMatchObject({ code: '000010', market: 'KOSDAQ', markets: [{ market: 'KOSDAQ' }, { since: moved, market: 'KOSPI' }] });
  expect(await verifyData(out)).toMatchObject({ ok: true });
});

test('delisted symbols stay and end; a listed one whose bars stop is halted, not gone', async () => {
  const file = await csv('ends.csv', [
    HEADER,
    ...bars('000010', DAYS),
    ...bars('000020', DAYS.slice(0, 60)),
    ...bars('000030', DAYS.slice(0, 60)),
    ...bars('000040', DAYS.slice(0, 60)),
  ]);
  const listings = [
    await csv('ends-listed.csv', [LISTED, '000010,KOSPI,2001-01-02', '000030,KOSPI,2018-02-01']),
    await csv('ends-delisted.csv', [DELISTED, `000020,KOSPI,2001-01-02,${DAYS[62]}`]),
  ];
  const out = path('ends');
  const outcome = await importData({ file, out, listings });
  const samples = Object.fromEntries(outcome.findings.map(({ code, samples }) => [code, samples.map((row) => row.code)]));
  expect(samples).toMatchObject({ unlisted: ['000040'], before_listing: ['000030'], ends_early: ['000030'] });
  const ended = async (to: string) =>
    (await loadColumns(out, { from: DAYS[0]!, to })).symbols.filter(({ isEnded }) => isEnded).map(({ code }) => code);
  // 000040 has no listing: that its bars stop is all there is to judge by.
  expect(await ended(LAST)).toEqual(['000020', '000040']);
  expect(await ended(DAYS[40]!)).toEqual([]);
});

test('bars after the delisting are told', async () => {
  const listings = [await csv('zombie-delisted.csv', [DELISTED, `000010,KOSPI,2001-01-02,${DAYS[5]}`])];
  const outcome = await importData({
    file: await csv('zombie.csv', [HEADER, ...bars('000010', DAYS)]),
    out: path('zombie'),
    listings,
  });
  expect(outcome.findings.find(({ code }) => code === 'after_delisting')).toMatchObject({ count: 1, samples: [{ delisted: DAYS[5] }] });
});

test('a listing file without the needed columns is refused, naming them', async () => {
  const listings = [await csv('columns.csv', ['code,name', '000010,x'])];
  const file = await csv('any.csv', [HEADER, ...bars('000010', DAYS)]);
  await expect(importData({ file, out: path('any'), listings })).rejects.toThrow('lack the columns market, listing_date');
});
