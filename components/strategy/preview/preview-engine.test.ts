import { describe, expect, test } from 'vitest';
import { columnsFromChunks } from '#domain/backtest/columns-from-chunks.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { encodeBarChunk } from '#domain/market/bar-chunk.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { weekdays } from '#lib/testing/example-run.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { type PreviewAnswer, type PreviewRequest, previewEngine } from './preview-engine.ts';

const SYMBOL = { code: '990010', market: 'KOSPI', name: '가온전자', kind: 'stock' } as const;
const DAYS = weekdays(600);
/** Six hundred days of one symbol, drawn by seed, as one chunk. */
function chunkOf(seed: number): Uint8Array {
  const random = randomSource(seed);
  let close = 20_000;
  const closes = Float64Array.from(DAYS, () => {
    close = Math.max(5_000, Math.round((close * (0.97 + random() * 0.06)) / 50) * 50);
    return close;
  });
  return encodeBarChunk({
    time: Int32Array.from(DAYS, (day) => Number(day.replaceAll('-', ''))),
    open: closes,
    high: closes,
    low: closes,
    close: closes,
    volume: Float64Array.from(DAYS, () => 500_000),
    value: closes.map((price) => price * 500_000),
  });
}
const bars = (seed: number) => ({ symbol: SYMBOL, timeframe: '1d' as const, bytes: chunkOf(seed).slice().buffer as ArrayBuffer });
const request = (id: number, changes: Partial<PreviewRequest> = {}): PreviewRequest => ({
  id,
  document: goldenCross.document,
  params: { fast: 5, slow: 20 },
  from: DAYS[100]!,
  to: DAYS.at(-1)!,
  capital: 100_000_000,
  ...changes,
});
const hashOfAnswer = (answer: PreviewAnswer | null) => (answer?.kind === 'result' ? answer.result.hash : answer);

describe('the engine of the preview', () => {
  test('answers what a back-test of the same chunks says, and keeps the bars for later requests', async () => {
    const answer = previewEngine();
    const columns = columnsFromChunks([chunkOf(1)], SYMBOL, '1d');
    for (const [id, fast] of [5, 7].entries()) {
      const said = await answer(request(id, { params: { fast, slow: 20 }, ...(id === 0 ? { bars: bars(1) } : {}) }));
      const { id: _, ...run } = request(0, { params: { fast, slow: 20 } });
      const direct = await runBacktest({ ...run, columns });
      expect(said?.id).toBe(id);
      expect(hashOfAnswer(said)).toBe(direct.ok && direct.result.hash);
      if (said?.kind !== 'result') throw new Error('runs');
      expect(said.result.trades.length).toBeGreaterThan(3);
    }
  });

  test('takes the bars of another symbol when they come', async () => {
    const answer = previewEngine();
    const [first, second] = [await answer(request(1, { bars: bars(1) })), await answer(request(2, { bars: bars(2) }))];
    expect(hashOfAnswer(second)).not.toBe(hashOfAnswer(first));
    expect(hashOfAnswer(await answer(request(3)))).toBe(hashOfAnswer(second));
  });

  test('a newer request ends the one before it: only the newest is answered', async () => {
    const answer = previewEngine();
    const both = await Promise.all([answer(request(1, { bars: bars(1) })), answer(request(2))]);
    expect(both.map((said) => said?.id)).toEqual([undefined, 2]);
  });

  test('tells the faults of a document, and of bars that cannot serve it', async () => {
    const answer = previewEngine();
    const faulty = await answer(request(1, { bars: bars(1), params: { fast: 0 } }));
    expect(faulty).toMatchObject({ id: 1, kind: 'faults' });
    const wantsMinutes = await answer(request(2, { document: { ...goldenCross.document, timeframe: '1m' } }));
    expect(wantsMinutes).toMatchObject({ kind: 'faults', faults: [{ code: 'timeframe' }] });
  });

  test('says what failed instead of throwing: no bars, bytes that are no bars', async () => {
    expect(await previewEngine()(request(1))).toMatchObject({ id: 1, kind: 'failed' });
    const broken = { ...bars(1), bytes: new ArrayBuffer(64) };
    expect(await previewEngine()(request(2, { bars: broken }))).toMatchObject({ id: 2, kind: 'failed' });
  });
});
