import { describe, expect, test } from 'vitest';
import { type BarRow, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { hashOf } from '#domain/hash.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { minuteMomentum } from '#domain/strategy/templates/minute-momentum.ts';
import { randomWalk } from '#lib/testing/random-walk.ts';
import { type BacktestInput, runBacktest } from './run-backtest.ts';

/** Two years of daily bars of `count` symbols, drawn by seed. */
const columns = (count: number, seed = 1) =>
  randomWalk(
    Array.from({ length: count }, (_, s) => String(s).padStart(6, '0')),
    500,
    seed,
  );
const document = {
  ...goldenCross.document,
  params: { fast: { default: 3, min: 2, max: 60, step: 1 }, slow: { default: 10, min: 5, max: 200, step: 1 } },
};
const input = (changes: Partial<BacktestInput> = {}): BacktestInput => ({
  document,
  columns: columns(20),
  from: '2018-03-01',
  to: '2019-11-29',
  capital: 10_000_000,
  ...changes,
});

describe('a back-test', () => {
  test('gives the same result twice, and its hash is the hash of what it says', async () => {
    const [first, second] = [await runBacktest(input()), await runBacktest(input())];
    if (!first.ok || !second.ok) throw new Error('runs');
    expect(second.result).toEqual(first.result);
    const { hash, withdrawable, ...said } = first.result;
    expect(hash).toBe(hashOf(said));
    expect(withdrawable[0]).toEqual(['2018-03-01', 10_000_000]);
    expect(withdrawable.length).toBeGreaterThan(20);
    expect(first.result.trades.length).toBeGreaterThan(20);
    expect(first.result).toMatchObject({
      engine: 'narae.engine/3',
      lookAhead: { verdict: 'clean' },
      inputs: { from: '2018-03-01', to: '2019-11-29', params: { fast: 3, slow: 10 } },
    });
  });

  test('leaves the warm-up out of the figures: nothing happens before the first day', async () => {
    const outcome = await runBacktest(input());
    if (!outcome.ok) throw new Error('runs');
    expect(outcome.result.equity[0]).toEqual(['2018-03-01', 10_000_000, 0]);
    expect(outcome.result.trades.every((trade) => trade.entryDay > '2018-03-01' && trade.exitDay <= '2019-11-29')).toBe(true);
  });

  test('compounds its months to its total return', async () => {
    const outcome = await runBacktest(input());
    if (!outcome.ok) throw new Error('runs');
    const compounded = outcome.result.months.reduce((growth, [, rate]) => growth * (1 + rate), 1) - 1;
    expect(compounded).toBeCloseTo(outcome.result.metrics.totalReturn.value!, 10);
  });

  test('names the rules of its period that nobody could source, and the days', async () => {
    const sourced = columns(1);
    const older = { ...sourced, times: sourced.times.map((time) => `${Number(time.slice(0, 4)) - 8}${time.slice(4)}`) };
    const [then, now] = [await runBacktest(input({ columns: older, from: '2010-03-01', to: '2011-11-30' })), await runBacktest(input())];
    if (!then.ok || !now.ok) throw new Error('runs');
    expect(now.result.inputs.rules).not.toHaveProperty('unsourced');
    const days = { market: 'KOSPI', from: then.result.inputs.from, to: '2010-10-03' };
    expect(then.result.inputs.rules).toMatchObject({ unsourced: [{ rule: 'tick_size', ...days }] });
    expect(then.result.diagnosis.find(({ code }) => code === 'unsourced_rules')?.en).toContain(`KOSPI tick size (${days.from}~2010-10-03)`);
  });

  test('does what parameters, mask and capital say, and says so in its inputs', async () => {
    const [plain, masked] = [
      await runBacktest(input()),
      await runBacktest(input({ mask: { markets: null, symbols: ['000003'], exclude: [] }, params: { fast: 4 } })),
    ];
    if (!plain.ok || !masked.ok) throw new Error('runs');
    expect(new Set(masked.result.trades.map((trade) => trade.symbol))).toEqual(new Set(['000003']));
    expect(masked.result.inputs).toMatchObject({ mask: { symbols: ['000003'] }, params: { fast: 4 } });
    expect(masked.result.hash).not.toBe(plain.result.hash);
  });

  test('runs a weekly document on weeks made of the daily bars', async () => {
    const outcome = await runBacktest(input({ document: { ...document, timeframe: '1w', exit: undefined, stops: { maxBars: 3 } } }));
    if (!outcome.ok) throw new Error('runs');
    const { trades, equity, inputs } = outcome.result;
    const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay();
    expect(inputs).toMatchObject({ timeframe: '1w', bars: 20 * 100 });
    expect(trades.length).toBeGreaterThan(20);
    // Bought and sold at a Monday's open, marked at a Friday's close.
    expect(new Set(trades.flatMap(({ entryDay, exitDay }) => [weekday(entryDay), weekday(exitDay)]))).toEqual(new Set([1]));
    expect(new Set(equity.map(([day]) => weekday(day)))).toEqual(new Set([5]));
  });

  test('runs a five-minute document on one-minute bars', async () => {
    const random = randomSource(5);
    let price = 20_000;
    const bars = Array.from({ length: 600 }, (_, i): BarRow => {
      const open = price;
      price = Math.max(5_000, price + Math.round((random() - 0.5) * 6) * 50);
      const clock = `${String(9 + Math.floor((i % 300) / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`;
      const time = `2020-03-0${2 + Math.floor(i / 300)}T${clock}`;
      return { code: '000001', time, open, high: Math.max(open, price), low: Math.min(open, price), close: price, volume: 10_000 };
    });
    const minutes = columnsFromBars({ bars, symbols: [{ code: '000001', market: 'KOSPI' }], isAdjusted: false, dataHash: 'm' });
    const period = { columns: minutes, from: '2020-03-02', to: '2020-03-03' };
    const outcome = await runBacktest(input({ ...period, document: { ...minuteMomentum.document, timeframe: '5m' } }));
    if (!outcome.ok) throw new Error('runs');
    expect(outcome.result.inputs).toMatchObject({ timeframe: '5m', bars: 120 });
    expect(outcome.result.trades.length).toBeGreaterThan(0);
    expect(outcome.result.trades.every(({ entryDay }) => Number(entryDay.slice(14)) % 5 === 0)).toBe(true);
  });

  test('reports progress that only grows and ends at 1', async () => {
    const seen: number[] = [];
    await runBacktest(input({ columns: columns(300) }), { onProgress: (done) => seen.push(done), breathMs: 0 });
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBeGreaterThan(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  test('stops when it is told to', async () => {
    const abort = new AbortController();
    const run = runBacktest(input({ columns: columns(300) }), {
      signal: abort.signal,
      breathMs: 0,
      onProgress: () => abort.abort(new Error('cancelled by the user')),
    });
    await expect(run).rejects.toThrow('cancelled by the user');
  });
});

describe('a back-test is refused with a sentence', () => {
  test.each([
    { why: 'a faulty document', changes: { document: {} }, code: 'invalid_type' },
    { why: 'a period without bars', changes: { from: '2030-01-01', to: '2030-12-31' }, code: 'no_bars' },
    { why: 'no capital', changes: { capital: 0 }, code: 'capital' },
    { why: 'half a won', changes: { capital: 1.5 }, code: 'capital' },
    { why: 'minutes wanted, days given', changes: { document: minuteMomentum.document }, code: 'timeframe' },
    {
      why: 'a field that the data lack',
      changes: { document: { ...document, universe: { rank: { by: { field: 'market_cap' } } } } },
      code: 'field_not_in_data',
    },
  ])('$why', async ({ changes, code }) => {
    const outcome = await runBacktest(input(changes));
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.faults.map((fault) => fault.code)).toContain(code);
  });
});
