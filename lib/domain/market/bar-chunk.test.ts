import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BarColumns, barChunkBytes, decodeBarChunk, encodeBarChunk, splitBarChunks } from './bar-chunk.ts';

const columns = (rows: readonly (readonly [number, number, number])[]): BarColumns => ({
  time: Int32Array.from(rows, (r) => r[0]),
  open: Float64Array.from(rows, (r) => r[1]),
  high: Float64Array.from(rows, (r) => r[1] + 1),
  low: Float64Array.from(rows, (r) => r[1] - 1),
  close: Float64Array.from(rows, (r) => r[1]),
  volume: Float64Array.from(rows, (r) => r[2]),
  value: Float64Array.from(rows, (r) => r[1] * r[2]),
});

describe('bar chunk', () => {
  test('gives back exactly the bars that went in, for any number of them', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 20_991_231 }), fc.double({ noNaN: true, min: 0, max: 1e9 }), fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), (rows) => {
        const bars = columns(rows);
        const bytes = encodeBarChunk(bars);
        expect(bytes.byteLength).toBe(barChunkBytes(rows.length));
        expect(decodeBarChunk(bytes)).toEqual(bars);
      }),
    );
  });

  test('reads a chunk that sits at an odd offset of a larger buffer', () => {
    const bytes = encodeBarChunk(columns([[20240102, 70_000, 10]]));
    const larger = new Uint8Array(bytes.byteLength + 3);
    larger.set(bytes, 3);
    expect(decodeBarChunk(larger.subarray(3)).open[0]).toBe(70_000);
  });

  test('is found again among others in one download, and a download that was cut off is refused', () => {
    const years = [encodeBarChunk(columns([[20241230, 1, 1]])), encodeBarChunk(columns([])), encodeBarChunk(columns([[20250102, 2, 2]]))];
    const download = new Uint8Array(Buffer.concat(years));
    expect(splitBarChunks(download).map(decodeBarChunk)).toEqual(years.map(decodeBarChunk));
    expect(splitBarChunks(new Uint8Array())).toEqual([]);
    for (const cut of [1, 20, download.length - 1]) expect(() => splitBarChunks(download.subarray(0, cut))).toThrow(/the download ends/);
  });

  test.each([
    { bytes: new Uint8Array(0), why: 'nothing' },
    { bytes: new Uint8Array(64), why: 'no magic' },
    { bytes: encodeBarChunk(columns([[20240102, 1, 1]])).subarray(0, 40), why: 'cut off' },
  ])('refuses $why with a reason', ({ bytes }) => {
    expect(() => decodeBarChunk(bytes)).toThrow(/bar chunk/);
  });

  test('refuses columns of different lengths', () => {
    expect(() => encodeBarChunk({ ...columns([[1, 1, 1]]), close: new Float64Array(2) })).toThrow(/column close/);
  });
});
