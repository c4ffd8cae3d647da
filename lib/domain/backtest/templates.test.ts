import { expect, test } from 'vitest';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import { type BarRow, columnsFromBars } from './columns-from-bars.ts';
import { randomSource } from './look-ahead.ts';
import { computeSignals } from './signals.ts';

const SYMBOLS = ['000010', '000020', '000030', '000040'].map((code) => ({ code, market: 'KOSPI' as const }));
const DAYS = Array.from({ length: 800 }, (_, i) => new Date(Date.UTC(2018, 0, 1) + i * 86_400_000).toISOString().slice(0, 10));

/** Random walks that rise and fall for months on end, so that long and short averages disagree. */
function walks() {
  const random = randomSource(7);
  const bars = SYMBOLS.flatMap(({ code }) => {
    let close = 10_000;
    return DAYS.map((time, i): BarRow => {
      const [open, drift] = [close, Math.floor(i / 90) % 2 === 0 ? 0.003 : -0.002];
      close = Math.max(100, Math.round(close * (1 + drift + (random() - 0.5) * 0.06)));
      const [high, low] = [
        Math.max(open, close) + Math.floor(random() * 100),
        Math.max(1, Math.min(open, close) - Math.floor(random() * 100)),
      ];
      const volume = (random() < 0.05 ? 10 : 1) * (1_000_000 + Math.floor(random() * 1_000_000));
      return { code, time, open, high, low, close, volume };
    });
  });
  return columnsFromBars({ bars, symbols: SYMBOLS, isAdjusted: false, dataHash: '' });
}

test.each(TEMPLATES)('template $id never buys at a close at which it would sell', ({ document }) => {
  const compiled = compileStrategy({ ...document, universe: {} });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  const { rows, exit } = computeSignals(compiled.program, walks());
  if (!exit) return; // leaves by its stops or by the bars held
  expect(rows.length).toBeGreaterThan(0);
  expect(Array.from(rows).filter((row) => exit[row] === 1)).toEqual([]);
});
