import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, isWeekend } from '#domain/market/day.ts';
import { sharedPath } from '#lib/testing/shared.ts';
import { literal, rowsOf, withDuck } from './duck.ts';
import { importData } from './import-data.ts';
import { loadColumns } from './load-columns.ts';
import { stitchData } from './stitch-data.ts';
import { verifyData } from './verify-data.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'narae-stitch-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** 60 sessions; the older source has the first 45, the newer one the last 40: 25 overlap. */
const DAYS = Array.from({ length: 90 }, (_, i) => addDays('2022-01-03', i))
  .filter((day) => !isWeekend(day))
  .slice(0, 60);
const OLDER = DAYS.slice(0, 45);
const NEWER = DAYS.slice(20);
const priceOn = (day: string) => 40_000 + DAYS.indexOf(day) * 100;

interface Series {
  readonly code: string;
  readonly days: readonly string[];
  readonly times?: number;
  readonly market?: string;
  /** Days on which this source shows twice the price. */
  readonly wrong?: readonly string[];
}
async function folder(name: string, series: readonly Series[], isAdjusted = true): Promise<string> {
  const lines = series.flatMap(({ code, days, times = 1, market = 'KOSPI', wrong = [] }) =>
    days.map((day) => {
      const price = Math.round(priceOn(day) * times) * (wrong.includes(day) ? 2 : 1);
      return `${day},${code},${market},${price},${price},${price},${price},${Math.round(1_000 / times)}`;
    }),
  );
  const file = join(dir, `${name}.csv`);
  await writeFile(file, ['date,code,market,open,high,low,close,volume', ...lines].join('\n'));
  const outcome = await importData({ file, out: join(dir, name), isAdjusted });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.findings));
  return join(dir, name);
}
const year = { from: '2022-01-01', to: '2022-12-31' };

describe('two sources', () => {
  test('of one scale apart become one series on the newer scale, and symbols of one source stay', async () => {
    const older = await folder('older', [
      { code: '000010', days: OLDER },
      { code: '000020', days: OLDER.slice(0, 30), market: 'KOSDAQ' },
    ]);
    const newer = await folder('newer', [{ code: '000010', days: NEWER, times: 0.2 }]);
    const out = join(dir, 'joined');
    const outcome = await stitchData({ older, newer, out });
    expect(outcome.findings).toMatchObject([
      { code: 'stitched', count: 1, samples: [{ code: '000010', overlap: '25', scale: 0.2, volume_scale: 5 }] },
    ]);
    const columns = await loadColumns(out, year);
    expect(columns.symbols).toMatchObject([{ code: '000010' }, { code: '000020', market: 'KOSDAQ', isEnded: true }]);
    expect([...columns.close.subarray(0, 60)]).toEqual(DAYS.map((day) => Math.round(priceOn(day) * 0.2)));
    expect([...columns.volume.subarray(0, 60)]).toEqual(DAYS.map(() => 5_000));
    expect(columns.offset[2]! - columns.offset[1]!).toBe(30);
    expect(await verifyData(out)).toMatchObject({ ok: true, rows: 90 });
  });

  test('that disagree within the overlap are not joined: the newer bars stay and the days are told', async () => {
    const wrong = [NEWER[3]!, NEWER[10]!];
    const older = await folder('older-bad', [
      { code: '000010', days: OLDER, wrong },
      { code: '000020', days: OLDER },
    ]);
    const newer = await folder('newer-bad', [
      { code: '000010', days: NEWER },
      { code: '000020', days: NEWER },
    ]);
    const outcome = await stitchData({ older, newer, out: join(dir, 'disagree') });
    const differs = outcome.findings.find(({ code }) => code === 'overlap_differs');
    expect(differs).toMatchObject({ count: 2, severity: 'minor' });
    expect(differs!.samples.map(({ code, t }) => [code, String(t).slice(0, 10)])).toEqual(wrong.map((day) => ['000010', day]));
    const columns = await loadColumns(join(dir, 'disagree'), year);
    expect([...columns.offset]).toEqual([0, NEWER.length, NEWER.length + DAYS.length]);
  });

  test('that share too few bars, or nothing that agrees, are refused and leave nothing behind', async () => {
    const older = await folder('older-short', [{ code: '000010', days: OLDER.slice(0, 30) }]);
    const newer = await folder('newer-short', [{ code: '000010', days: NEWER }]);
    const outcome = await stitchData({ older, newer, out: join(dir, 'short') });
    expect(outcome).toMatchObject({ ok: false, findings: [{ code: 'overlap_short', severity: 'fatal', count: 1 }] });
    expect(existsSync(join(dir, 'short'))).toBe(false);
  });

  test('of raw prices must be equal: another scale is no excuse', async () => {
    const older = await folder('older-raw', [{ code: '000010', days: OLDER }], false);
    const newer = await folder('newer-raw', [{ code: '000010', days: NEWER, times: 0.2 }], false);
    expect(await stitchData({ older, newer, out: join(dir, 'raw') })).toMatchObject({
      ok: false,
      findings: [{ code: 'overlap_differs', count: 25 }],
    });
  });

  test('of raw prices keep them, and a later split reaches the older bars through their factor', async () => {
    const rows = (days: readonly string[]) =>
      days.map((day) => {
        const price = day < DAYS[50]! ? 50_000 : 10_000;
        return `${day},000010,KOSPI,${price},${price},${price},${price},10,0,9`;
      });
    const header = 'date,code,market,open,high,low,close,volume,change,listed_shares';
    for (const [name, days] of [
      ['older-split', OLDER],
      ['newer-split', NEWER],
    ] as const) {
      await writeFile(join(dir, `${name}.csv`), [header, ...rows(days)].join('\n'));
      await importData({ file: join(dir, `${name}.csv`), out: join(dir, name) });
    }
    const outcome = await stitchData({ older: join(dir, 'older-split'), newer: join(dir, 'newer-split'), out: join(dir, 'split') });
    expect(outcome.ok).toBe(true);
    const { close, factor } = await loadColumns(join(dir, 'split'), year);
    expect([close[0], factor![0], close[49], factor![49], close[50], factor![50]]).toEqual([50_000, 0.2, 50_000, 0.2, 10_000, 1]);
  });

  test('of different kinds, or in the wrong order, are refused with a sentence', async () => {
    const older = await folder('older-kind', [{ code: '000010', days: OLDER }]);
    const newer = await folder('newer-kind', [{ code: '000010', days: NEWER }], false);
    await expect(stitchData({ older, newer, out: join(dir, 'x') })).rejects.toThrow('of one kind');
    const late = await folder('late-kind', [{ code: '000010', days: NEWER }]);
    await expect(stitchData({ older: late, newer: older, out: join(dir, 'x') })).rejects.toThrow('name the older folder first');
  });
});

const KRX = sharedPath('data/krx/') ?? '';

describe.runIf(KRX !== '')('real sources of 1999–2022 and 2020–2026', () => {
  test('join by the factors that the README derived, and 003280 is refused as there', async () => {
    const codes = ['000020', '000040', '000100', '003280', '005930'];
    const list = codes.map(literal).join(', ');
    const out: string[] = [];
    for (const source of ['daily_adj_1999_2022', 'daily_adj_kospi_2020_2026']) {
      const file = join(dir, `${source}.parquet`);
      await withDuck((db) =>
        db.run(
          `copy (select * from ${literal(join(KRX, `${source}.parquet`))} where code in (${list})) to ${literal(file)} (format parquet)`,
        ),
      );
      await importData({ file, out: join(dir, source), calendar: join(KRX, 'calendar.parquet') });
      out.push(join(dir, source));
    }
    const outcome = await stitchData({ older: out[0]!, newer: out[1]!, out: join(dir, 'real') });
    const found = (code: string) => outcome.findings.find((finding) => finding.code === code)!;
    const known = await withDuck((db) =>
      rowsOf(
        db,
        `select code, factor from read_csv(${literal(join(KRX, 'stitch_factors_1999_2022_to_2026.csv'))}, types = {'code': 'VARCHAR'}) where code in (${list})`,
      ),
    );
    expect(found('stitched').samples.map(({ code }) => code)).toEqual(known.map(({ code }) => code));
    found('stitched').samples.forEach(({ scale }, i) => {
      expect(Number(scale) / Number(known[i]!.factor)).toBeCloseTo(1, 3);
    });
    expect(new Set(found('overlap_differs').samples.map(({ code }) => code))).toEqual(new Set(['003280']));
    const { symbols, offset, close, times, time } = await loadColumns(join(dir, 'real'), {
      from: '1999-01-01',
      to: '2026-12-31',
      symbols: ['005930'],
    });
    expect(symbols).toMatchObject([{ code: '005930', isEnded: false }]);
    expect(times[time[0]!]!.slice(0, 4)).toBe('1999');
    // No join may leave a step that the price limit forbids.
    const steps = Array.from({ length: offset[1]! - 1 }, (_, row) => Math.abs(close[row + 1]! / close[row]! - 1));
    expect(Math.max(...steps)).toBeLessThan(0.305);
  });
});
