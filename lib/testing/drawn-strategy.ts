import { INDICATORS } from '#domain/indicator/registry.ts';
import { compileStrategy } from '#domain/strategy/compile.ts';
import {
  ARITHMETIC,
  COMPARISONS,
  type Condition,
  CROSSINGS,
  type Numeric,
  type Operand,
  type StrategyDocument,
  type StrategyDraft,
} from '#domain/strategy/schema.ts';

/** Draws from a seeded source of numbers in [0, 1). */
class Draw {
  private readonly random: () => number;
  constructor(random: () => number) {
    this.random = random;
  }
  chance(probability: number): boolean {
    return this.random() < probability;
  }
  whole(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }
  /** A fraction rounded to four places. */
  rate(from: number, to: number): number {
    return Math.round((from + this.random() * (to - from)) * 10_000) / 10_000;
  }
  one<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }
}

/** Equality of two columns is rare, so it is drawn rarely. */
const USUAL = ['<', '<=', '>', '>=', ...CROSSINGS] as const;

type Params = NonNullable<StrategyDraft['params']>;

/** What a document under construction shares: its draw and the parameters it has declared. */
interface Sketch {
  readonly draw: Draw;
  readonly params: Params;
  /** Exits may read the position. */
  readonly isExit: boolean;
}

/** A valid document drawn at random, with parameter sets that it allows: nested conditions over every indicator, all stops, sizings, costs and executions. */
export function drawnStrategy(
  random: () => number,
  symbols: readonly string[],
): { document: StrategyDocument; cells: Readonly<Record<string, number>>[] } {
  const draw = new Draw(random);
  for (;;) {
    const params: Params = {};
    const compiled = compileStrategy(drawnDraft(draw, params, symbols));
    if (!compiled.ok) continue; // units that do not compare, arguments out of their range: drawn again
    const { document } = compiled.program;
    const cells = Array.from({ length: Object.keys(params).length > 0 ? 3 : 1 }, () => drawnCell(draw, params));
    const sound = cells.filter((cell) => compileStrategy(document, cell).ok);
    if (sound.length > 0) return { document, cells: sound };
  }
}

function drawnCell(draw: Draw, params: Params): Record<string, number> {
  return Object.fromEntries(Object.entries(params).map(([name, { min, max }]) => [name, draw.whole(min, max)]));
}

function drawnDraft(draw: Draw, params: Params, symbols: readonly string[]): StrategyDraft {
  const sketch: Sketch = { draw, params, isExit: false };
  const timeframe = draw.chance(0.93) ? '1d' : '1w';
  // Half of all entries may also follow a crossing, half of all exits a few bars: a market of some years shall trade often.
  const drawn = drawnCondition(sketch, 0);
  const entry = draw.chance(0.5) ? { any: [drawn, drawnCrossing(sketch)] } : drawn;
  const exit = draw.chance(0.8) ? drawnCondition({ ...sketch, isExit: draw.chance(0.25) }, 0) : undefined;
  const stops = drawnStops(sketch, exit === undefined);
  return {
    schema: 'narae.strategy/1',
    name: 'drawn',
    timeframe,
    params,
    universe: drawnUniverse(sketch, symbols),
    entry,
    ...(exit === undefined ? {} : { exit }),
    stops,
    sizing: drawnSizing(sketch, symbols),
    execution: {
      at: draw.chance(0.7) ? 'next_open' : draw.one(['next_close', 'this_close_auction'] as const),
      ...(draw.chance(0.15) ? { orderType: 'limit' as const, limitOffsetTicks: draw.whole(-2, 5) } : {}),
      participation: draw.one([0.03, 0.1, 0.1, 0.5, 1]),
    },
    costs: {
      commissionRate: draw.one([0, 0.00015, 0.000140527, 0.003]),
      tax: draw.one(['krx', 'krx', 'none', { rate: 0.0023 }] as const),
      slippage: draw.one([
        { kind: 'none' },
        { kind: 'ticks', value: draw.whole(0, 3) },
        { kind: 'rate', value: draw.rate(0, 0.01) },
        { kind: 'impact', value: draw.rate(0, 0.2) },
      ] as const),
    },
  };
}

/** A number, at times as a parameter of the document. */
function drawnNumber({ draw, params }: Sketch, from: number, to: number): Numeric {
  const value = draw.whole(from, to);
  if (!draw.chance(0.3)) return value;
  const name = `p${Object.keys(params).length}`;
  params[name] = { default: value, min: from, max: to, step: 1 };
  return { param: name };
}

function drawnIndicator(sketch: Sketch): Exclude<Operand, number> & { indicator: string } {
  const { draw } = sketch;
  const name = draw.one(Object.keys(INDICATORS));
  const { args, outputs, takesInput } = INDICATORS[name]!;
  return {
    indicator: name,
    // Short periods: a market of some years shall trade often.
    args: Object.fromEntries(args.filter(({ isWhole }) => isWhole).map((arg) => [arg.name, drawnNumber(sketch, Math.max(2, arg.min), 20)])),
    output: draw.one(outputs),
    ...(takesInput && draw.chance(0.3) ? { input: { field: draw.one(['open', 'high', 'low', 'close', 'volume', 'value'] as const) } } : {}),
  };
}

function drawnOperand(sketch: Sketch, depth: number): Operand {
  const { draw } = sketch;
  const kind = draw.whole(0, 9);
  if (kind < 4) return drawnIndicator(sketch);
  if (kind < 7 || depth > 1)
    return {
      field: draw.one(['open', 'high', 'low', 'close', 'volume', 'value'] as const),
      ...(draw.chance(0.3) ? { shift: draw.whole(0, 5) } : {}),
    };
  if (kind === 7) return { op: '*', args: [drawnOperand(sketch, depth + 1), draw.rate(0.95, 1.05)] };
  return { op: draw.one(ARITHMETIC), args: [drawnOperand(sketch, depth + 1), drawnOperand(sketch, depth + 1)] };
}

function drawnCrossing(sketch: Sketch): Condition {
  const { draw } = sketch;
  const average = () => ({ indicator: draw.one(['sma', 'ema', 'wma']), args: { period: drawnNumber(sketch, 1, 20) } });
  return { left: draw.chance(0.5) ? average() : { field: 'close' }, op: draw.one(CROSSINGS), right: average() };
}

function drawnComparison(sketch: Sketch): Condition {
  const { draw } = sketch;
  const kind = draw.whole(0, 9);
  if (sketch.isExit && kind < 4) {
    const held = draw.one([
      { left: { field: 'bars_held' }, op: '>=', right: draw.whole(1, 10) },
      { left: { field: 'unrealised_rate' }, op: draw.one(['<', '>'] as const), right: draw.rate(-0.05, 0.05) },
      { left: { field: 'close' }, op: '<', right: { op: '*', args: [{ field: 'entry_price' }, draw.rate(0.9, 1.1)] } },
    ] as const);
    return held;
  }
  if (kind < 3) return drawnCrossing(sketch);
  if (kind === 3) return { left: drawnOperand(sketch, 0), op: draw.one(['rising', 'falling'] as const), bars: drawnNumber(sketch, 1, 3) };
  if (kind === 4)
    return {
      left: { indicator: 'rsi', args: { period: drawnNumber(sketch, 2, 14) } },
      op: draw.one(COMPARISONS),
      right: drawnNumber(sketch, 25, 75),
    };
  const left = drawnOperand(sketch, 0);
  // What is compared with its own past is always of one unit.
  const isOwnPast = draw.chance(0.7) && typeof left === 'object' && !('param' in left);
  return {
    left,
    op: draw.chance(0.9) ? draw.one(USUAL) : draw.one(COMPARISONS),
    right: isOwnPast ? { ...left, shift: draw.whole(1, 5) } : drawnOperand(sketch, 0),
  };
}

function drawnCondition(sketch: Sketch, depth: number): Condition {
  const { draw } = sketch;
  const kind = depth > 2 ? 0 : draw.whole(0, 9);
  const parts = () => Array.from({ length: draw.whole(1, 3) }, () => drawnCondition(sketch, depth + 1));
  const condition: Condition =
    kind < 5
      ? drawnComparison(sketch)
      : kind === 5
        ? { not: drawnCondition(sketch, depth + 1) }
        : kind < 9
          ? { any: parts() }
          : { all: parts() };
  if (sketch.isExit || !draw.chance(0.15)) return condition;
  return { ...condition, [draw.one(['for', 'within'])]: drawnNumber(sketch, 1, 4) };
}

function drawnStops(sketch: Sketch, isNeeded: boolean): StrategyDraft['stops'] {
  const { draw } = sketch;
  return {
    ...(draw.chance(0.3) ? { loss: draw.rate(0.01, 0.15) } : {}),
    ...(draw.chance(0.25) ? { profit: draw.rate(0.01, 0.2) } : {}),
    ...(draw.chance(0.2) ? { trailing: draw.rate(0.01, 0.15) } : {}),
    ...(draw.chance(0.15) ? { atr: { period: drawnNumber(sketch, 2, 14), multiple: draw.whole(1, 4) } } : {}),
    ...(isNeeded || draw.chance(0.5) ? { maxBars: drawnNumber(sketch, 1, 15) } : {}),
  };
}

function drawnSizing(sketch: Sketch, symbols: readonly string[]): StrategyDraft['sizing'] {
  const { draw } = sketch;
  const maxPositions = draw.whole(1, 3);
  switch (draw.whole(0, 5)) {
    case 0:
      return { kind: 'percent_equity', percent: draw.rate(0.05, 1), maxPositions };
    case 1:
      return { kind: 'fixed_amount', amount: draw.whole(1, 50) * 100_000, maxPositions };
    case 2:
      return { kind: 'risk_per_trade', risk: draw.rate(0.002, 0.05), maxPositions };
    case 3:
      return { kind: 'volatility_target', volatility: draw.rate(0.05, 0.6), period: drawnNumber(sketch, 3, 20), maxPositions };
    case 4:
      return {
        kind: 'weights',
        rebalance: draw.one(['daily', 'weekly', 'monthly'] as const),
        tolerance: draw.one([0, 0.05]),
        maxPositions,
        ...(draw.chance(0.5) ? { weights: Object.fromEntries(symbols.map((code) => [code, Math.floor(100 / symbols.length) / 100])) } : {}),
      };
    default:
      return { kind: 'equal_weight', maxPositions };
  }
}

/** Three in five documents name one symbol; the others take what is there, less what is excluded, filtered or ranked. */
function drawnUniverse(sketch: Sketch, symbols: readonly string[]): StrategyDraft['universe'] {
  const { draw } = sketch;
  return {
    markets: draw.chance(0.8) ? ['KOSPI', 'KOSDAQ'] : [draw.one(['KOSPI', 'KOSDAQ'] as const)],
    ...(draw.chance(0.6) ? { symbols: [draw.one(symbols)] } : {}),
    ...(draw.chance(0.1) ? { exclude: [draw.one(symbols)] } : {}),
    ...(draw.chance(0.15) ? { filters: [drawnCondition(sketch, 2)] } : {}),
    ...(draw.chance(0.15)
      ? { rank: { by: drawnIndicator(sketch), order: draw.one(['asc', 'desc'] as const), limit: draw.whole(1, 3) } }
      : {}),
    refresh: draw.one(['daily', 'weekly', 'monthly'] as const),
  };
}
