import { expect, test } from 'vitest';
import { encodeBarChunk } from '#domain/market/bar-chunk.ts';
import { bytesOfHex, chartBars } from './chart-bars.ts';

const column = (...values: number[]) => Float64Array.from(values);
const chunk = (times: number[], closes: number[]) => {
  const prices = column(...closes);
  return encodeBarChunk({
    time: Int32Array.from(times),
    open: prices,
    high: prices,
    low: prices,
    close: prices,
    volume: prices,
    value: prices,
  });
};

test('years join in rising time and a repeated day keeps the later chunk', () => {
  const bars = chartBars([chunk([20251229, 20251230], [100, 110]), chunk([20251230, 20260102], [111, 120])], '1d');
  expect(bars.map((bar) => [bar.time, bar.close])).toEqual([
    ['2025-12-29', 100],
    ['2025-12-30', 111],
    ['2026-01-02', 120],
  ]);
});

test('a minute is shown at its Seoul time', () => {
  const minute = Date.parse('2026-11-23T09:01:00+09:00') / 60_000;
  const [bar] = chartBars([chunk([minute], [100])], '1m');
  expect(new Date((bar?.time as number) * 1_000).toISOString()).toBe('2026-11-23T09:01:00.000Z');
});

test('hexadecimal text of the database becomes its bytes, anything else is refused', () => {
  expect([...bytesOfHex('\\x00ff10')]).toEqual([0, 255, 16]);
  expect(() => bytesOfHex('\\xzz')).toThrow('hexadecimal');
});
