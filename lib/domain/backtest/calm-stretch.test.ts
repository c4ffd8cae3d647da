import { describe, expect, test } from 'vitest';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { drawnMarket } from '#lib/testing/drawn-market.ts';
import type { Columns } from './columns.ts';
import { type EngineOutput, engineSteps } from './engine.ts';
import { randomSource } from './look-ahead.ts';
import { computeSignals } from './signals.ts';

const mean = (period: number) => ({ indicator: 'sma', args: { period } });
const entry = { left: { field: 'close' }, op: 'crosses_above', right: mean(6) };
const exit = { left: { field: 'close' }, op: 'crosses_below', right: mean(9) };
/** The same exit, but written so that it reads the position: then the engine must ask at every bar and passes over none. */
const askedEveryBar = { all: [exit, { left: { field: 'bars_held' }, op: '>=', right: 0 }] };

const strategy = {
  schema: 'narae.strategy/1',
  name: 'calm',
  timeframe: '1d',
  entry,
  sizing: { kind: 'equal_weight', maxPositions: 3 },
  costs: { slippage: { kind: 'rate', value: 0.001 } },
};

/** Shares split and joined at random bars. */
function withSplits(columns: Columns, seed: number): Columns {
  const random = randomSource(seed);
  const factor = new Float64Array(columns.time.length);
  for (let row = factor.length - 1, scale = 1; row >= 0; row -= 1) {
    factor[row] = scale;
    if (random() < 0.02) scale *= random() < 0.5 ? 0.2 : 2;
  }
  return { ...columns, factor };
}

/** The same bars as quarters of an hour, 26 a session: 09:00 to 15:15. */
function asMinutes(columns: Columns): Columns {
  const times = columns.times.map((_, i) => {
    const day = new Date(Date.UTC(2022, 2, 2) + Math.floor(i / 26) * 86_400_000).toISOString().slice(0, 10);
    const minute = 9 * 60 + (i % 26) * 15;
    return `${day}T${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  });
  return { ...columns, times, isIntraday: true };
}

function run(document: object, columns: Columns): EngineOutput {
  const compiled = compileStrategy(document);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  const { program } = compiled;
  const signals = computeSignals(program, columns);
  const steps = engineSteps({
    program,
    columns,
    signals,
    start: 10,
    end: columns.times.length - 1,
    capital: 20_000_000,
    delistingHaircut: 0.1,
  });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe.each([
  { what: 'exits by signal', rules: {} },
  { what: 'exits by age', rules: { stops: { maxBars: 4 } } },
  { what: 'fills at the close', rules: { execution: { at: 'next_close' } } },
  { what: 'limit orders', rules: { execution: { orderType: 'limit', limitOffsetTicks: 2 } } },
  { what: 'thin volume', rules: { execution: { participation: 0.01 } } },
  { what: 'limit orders on minute bars', rules: { timeframe: '15m', execution: { orderType: 'limit', limitOffsetTicks: 2 } } },
])('passing over calm bars: $what', ({ rules }) => {
  test.each(['as they are', 'with splits'])('gives what meeting every bar gives, on bars %s', (bars) => {
    let trades = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const drawn = bars === 'with splits' ? withSplits(drawnMarket(seed), seed) : drawnMarket(seed);
      const columns = 'timeframe' in rules ? asMinutes(drawn) : drawn;
      const passing = run({ ...strategy, ...rules, exit }, columns);
      expect(passing, `seed ${seed}`).toStrictEqual(run({ ...strategy, ...rules, exit: askedEveryBar }, columns));
      trades += passing.trades.length;
    }
    expect(trades).toBeGreaterThan(100);
  });
});
