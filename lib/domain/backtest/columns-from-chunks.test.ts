import { describe, expect, test } from 'vitest';
import { encodeBarChunk } from '#domain/market/bar-chunk.ts';
import { columnsFromChunks } from './columns-from-chunks.ts';

const SYMBOL = { code: '000010', market: 'KOSPI' as const, name: '이름' };
/** One bar a time whose prices are its close. */
const chunk = (bars: readonly (readonly [time: number, close: number])[]) => {
  const closes = Float64Array.from(bars, ([, close]) => close);
  return encodeBarChunk({
    time: Int32Array.from(bars, ([time]) => time),
    open: closes,
    high: closes,
    low: closes,
    close: closes,
    volume: closes,
    value: closes,
  });
};

describe('bars of published chunks', () => {
  test('join in rising time, and a repeated day keeps the later chunk', () => {
    const years = [
      chunk([
        [20251229, 100],
        [20251230, 110],
      ]),
      chunk([
        [20251230, 111],
        [20260102, 120],
      ]),
    ];
    const columns = columnsFromChunks(years, SYMBOL, '1d');
    expect(columns.times).toEqual(['2025-12-29', '2025-12-30', '2026-01-02']);
    expect([...columns.close]).toEqual([100, 111, 120]);
    expect(columns).toMatchObject({ isIntraday: false, isAdjusted: false, factor: null, symbols: [{ code: '000010', kind: 'stock' }] });
  });

  test('of minutes carry the Seoul minute', () => {
    const minute = Date.parse('2026-11-23T09:01:00+09:00') / 60_000;
    expect(columnsFromChunks([chunk([[minute, 100]])], SYMBOL, '1m')).toMatchObject({ times: ['2026-11-23T09:01'], isIntraday: true });
  });

  test('have one identity whoever reads them, and another when a byte or the symbol differs', () => {
    const identity = (close: number, symbol = SYMBOL) => columnsFromChunks([chunk([[20260102, close]])], symbol, '1d').dataHash;
    expect(identity(100)).toBe(identity(100));
    expect(new Set([identity(100), identity(101), identity(100, { ...SYMBOL, code: '000020' })]).size).toBe(3);
  });
});
