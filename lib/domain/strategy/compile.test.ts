import { describe, expect, test } from 'vitest';
import { compileStrategy } from './compile.ts';
import { liveFault } from './live-support.ts';
import type { StrategyDraft } from './schema.ts';
import { TEMPLATES } from './templates/list.ts';

const sound: StrategyDraft = {
  schema: 'narae.strategy/1',
  name: 'sound',
  timeframe: '1d',
  params: { fast: { default: 5, min: 2, max: 60, step: 1 } },
  entry: {
    left: { indicator: 'sma', args: { period: { param: 'fast' } } },
    op: 'crosses_above',
    right: { indicator: 'sma', args: { period: 20 } },
  },
  stops: { loss: 0.1 },
  sizing: { kind: 'equal_weight', maxPositions: 10 },
};
const faultsOf = (document: unknown, params = {}) => {
  const compiled = compileStrategy(document, params);
  return compiled.ok ? [] : compiled.faults;
};
const close = { field: 'close' };

describe('a sound document', () => {
  test('knows its warm-up: the longest average, plus one bar to have crossed from', () => {
    const compiled = compileStrategy(sound);
    expect(compiled.ok && compiled.program.warmupBars).toBe(20);
  });

  test('has the same hash however its keys are ordered and whichever defaults are written out', () => {
    const reordered = { ...Object.fromEntries(Object.entries(sound).reverse()), note: '', execution: { participation: 0.1 } };
    const [a, b] = [compileStrategy(sound), compileStrategy(reordered)];
    expect(a.ok && b.ok && a.program.strategyHash === b.program.strategyHash).toBe(true);
    const other = compileStrategy({ ...sound, stops: { loss: 0.11 } });
    expect(a.ok && other.ok && a.program.strategyHash !== other.program.strategyHash).toBe(true);
  });

  test('takes parameter values within their range', () => {
    const compiled = compileStrategy(sound, { fast: 30 });
    expect(compiled.ok && compiled.program.params).toEqual({ fast: 30 });
    expect(faultsOf(sound, { fast: 61 })).toEqual([expect.objectContaining({ code: 'param_outside', path: 'params.fast' })]);
    expect(faultsOf(sound, { slow: 5 })).toEqual([expect.objectContaining({ code: 'param_unknown' })]);
  });
});

test('a volatility target knows the bars it measures over', () => {
  const sizing = { kind: 'volatility_target', volatility: 0.2, period: 60, maxPositions: 5 };
  const compiled = compileStrategy({ ...sound, sizing });
  expect(compiled.ok && compiled.program.warmupBars).toBe(60);
});

test('the auto-trader does not rebalance', () => {
  const compiled = compileStrategy({ ...sound, sizing: { kind: 'weights', rebalance: 'monthly', maxPositions: 5 } });
  expect(compiled.ok && liveFault(compiled.program.document)?.path).toBe('sizing.kind');
});

describe('a document that orders into the closing auction', () => {
  const told = (entry: unknown) => {
    const compiled = compileStrategy({ ...sound, entry, execution: { at: 'this_close_auction' } });
    if (!compiled.ok || compiled.program.entry.kind !== 'compare') throw new Error('sound');
    const { left, right, warmup } = compiled.program.entry;
    return { left: left.key, right: right.key, warmup };
  };

  test('reads the open of the day and of all else the bar before', () => {
    expect(told({ left: { field: 'open' }, op: '>', right: close })).toEqual({ left: 'open', right: 'close[-1]', warmup: 1 });
    expect(told({ left: { field: 'open', shift: 1 }, op: '>', right: { field: 'high', shift: 2 } })).toEqual({
      left: 'open[-1]',
      right: 'high[-3]',
      warmup: 3,
    });
  });

  test('reads an indicator a bar late, whatever its input', () => {
    const average = { indicator: 'sma', input: { field: 'open' }, args: { period: 5 } };
    expect(told({ left: average, op: '>', right: 1 })).toMatchObject({ left: 'sma(open,5).value[-1]', warmup: 5 });
  });
});

test.each([
  { at: 'next_close', orderType: 'market', path: 'execution.at' },
  { at: 'this_close_auction', orderType: 'limit', path: 'execution.at' },
  { at: 'next_open', orderType: 'limit', path: 'execution.orderType' },
  { at: 'next_open', orderType: 'market', path: undefined },
] as const)('the auto-trader is told what it cannot do: $at, $orderType', ({ at, orderType, path }) => {
  const compiled = compileStrategy({ ...sound, execution: { at, orderType } });
  expect(compiled.ok && liveFault(compiled.program.document)?.path).toBe(path);
});

test.each(TEMPLATES)('template $id compiles and speaks both languages', ({ document, ko, en, id }) => {
  expect(faultsOf(document)).toEqual([]);
  expect(id).toMatch(/^[a-z0-9-]+$/);
  for (const text of [ko.name, ko.about, en.name, en.about]) expect(text.length).toBeGreaterThan(3);
});

describe('each fault has its path and a sentence in both languages', () => {
  const condition = (entry: unknown) => ({ ...sound, entry });
  const sized = (sizing: unknown, stops: StrategyDraft['stops'] = { loss: 0.1 }) => ({ ...sound, sizing, stops });
  test.each([
    { code: 'unit_mismatch', path: 'entry', document: condition({ left: { indicator: 'rsi' }, op: '>', right: close }) },
    {
      code: 'unit_mismatch',
      path: 'entry.left',
      document: condition({ left: { op: '+', args: [close, { field: 'volume' }] }, op: '>', right: 1 }),
    },
    { code: 'param_missing', path: 'entry.right', document: condition({ left: close, op: '>', right: { param: 'ghost' } }) },
    { code: 'field_unknown', path: 'entry.left.field', document: condition({ left: { field: 'price' }, op: '>', right: 1 }) },
    { code: 'indicator_unknown', path: 'entry.left.indicator', document: condition({ left: { indicator: 'magic' }, op: '>', right: 1 }) },
    {
      code: 'output_unknown',
      path: 'entry.left.output',
      document: condition({ left: { indicator: 'macd', output: 'value' }, op: '>', right: 0 }),
    },
    {
      code: 'arg_outside',
      path: 'entry.left.args.period',
      document: condition({ left: { indicator: 'sma', args: { period: 0 } }, op: '>', right: 1 }),
    },
    {
      code: 'arg_outside',
      path: 'entry.left.args.period',
      document: condition({ left: { indicator: 'sma', args: { period: 2.5 } }, op: '>', right: 1 }),
    },
    {
      code: 'unknown_field',
      path: 'entry.left.args.length',
      document: condition({ left: { indicator: 'sma', args: { length: 5 } }, op: '>', right: 1 }),
    },
    {
      code: 'input_not_taken',
      path: 'entry.left.input',
      document: condition({ left: { indicator: 'atr', input: close }, op: '>', right: 1 }),
    },
    { code: 'op_unknown', path: 'entry.op', document: condition({ left: close, op: '=>', right: 1 }) },
    { code: 'op_unknown', path: 'entry.left.op', document: condition({ left: { op: '^', args: [close, 2] }, op: '>', right: 1 }) },
    { code: 'division_by_zero', path: 'entry.left', document: condition({ left: { op: '/', args: [close, 0] }, op: '>', right: 1 }) },
    { code: 'bars_outside', path: 'entry.left.shift', document: condition({ left: { field: 'close', shift: -1 }, op: '>', right: close }) },
    { code: 'bars_outside', path: 'entry.for', document: condition({ left: close, op: '>', right: 1, for: 0 }) },
    { code: 'group_empty', path: 'entry.all', document: condition({ all: [] }) },
    { code: 'condition_expected', path: 'entry', document: condition('close > open') },
    { code: 'condition_expected', path: 'entry.any[0]', document: condition({ any: [{}] }) },
    { code: 'position_outside_exit', path: 'entry.left', document: condition({ left: { field: 'entry_price' }, op: '>', right: 1 }) },
    {
      code: 'position_shift',
      path: 'exit',
      document: { ...sound, exit: { left: { field: 'unrealised_rate' }, op: 'crosses_above', right: 0.1 } },
    },
    { code: 'never_exits', path: 'exit', document: { ...sound, stops: undefined } },
    { code: 'needs_days', path: 'execution.at', document: { ...sound, timeframe: '1w', execution: { at: 'this_close_auction' } } },
    { code: 'needs_days', path: 'execution.orderType', document: { ...sound, timeframe: '1w', execution: { orderType: 'limit' } } },
    {
      code: 'auction_has_its_hour',
      path: 'sessions',
      document: { ...sound, timeframe: '1m', execution: { at: 'this_close_auction' }, sessions: { entryUntil: '14:00' } },
    },
    { code: 'risk_needs_stop', path: 'sizing', document: sized({ kind: 'risk_per_trade', risk: 0.01, maxPositions: 5 }, { maxBars: 5 }) },
    { code: 'number_outside', path: 'sizing.risk', document: sized({ kind: 'risk_per_trade', risk: 2, maxPositions: 5 }) },
    {
      code: 'number_outside',
      path: 'sizing.period',
      document: sized({ kind: 'volatility_target', volatility: 0.2, period: 1, maxPositions: 5 }),
    },
    {
      code: 'weights_above_one',
      path: 'sizing.weights',
      document: sized({ kind: 'weights', weights: { '005930': 0.7, '000660': 0.4 }, rebalance: 'monthly', maxPositions: 2 }),
    },
    {
      code: 'needs_market',
      path: 'execution.orderType',
      document: { ...sized({ kind: 'weights', rebalance: 'weekly', maxPositions: 2 }), execution: { orderType: 'limit' } },
    },
    { code: 'too_big', path: 'costs.slippage.value', document: { ...sound, costs: { slippage: { kind: 'impact', value: 2 } } } },
    { code: 'invalid_value', path: 'sizing.rebalance', document: sized({ kind: 'weights', rebalance: 'hourly', maxPositions: 2 }) },
    { code: 'number_outside', path: 'stops.loss', document: { ...sound, stops: { loss: 8 } } },
    { code: 'unrecognized_keys', path: '', document: { ...sound, leverage: 2 } },
    { code: 'too_big', path: 'sizing.maxPositions', document: { ...sound, sizing: { kind: 'equal_weight', maxPositions: 501 } } },
    { code: 'empty_universe', path: 'universe', document: { ...sound, universe: { markets: [] } } },
    { code: 'sessions_need_minutes', path: 'sessions', document: { ...sound, sessions: { entryFrom: '09:05' } } },
    {
      code: 'sessions_empty',
      path: 'sessions.entryUntil',
      document: { ...sound, timeframe: '1m', sessions: { entryFrom: '15:00', entryUntil: '09:05' } },
    },
    { code: 'invalid_value', path: 'timeframe', document: { ...sound, timeframe: '2d' } },
  ])('$code at $path', ({ code, path, document }) => {
    const fault = faultsOf(document).find((candidate) => candidate.code === code && candidate.path === path);
    expect(fault, JSON.stringify(faultsOf(document))).toBeDefined();
    expect(fault!.ko).toMatch(/[가-힣]/);
    expect(fault!.en).toMatch(/^[A-Za-z0-9'].*[.)]$/);
  });

  test('a document with every kind of fault tells them all at once', () => {
    const faults = faultsOf({
      schema: 'narae.strategy/1',
      name: '',
      timeframe: '7m',
      entry: {
        all: [
          { left: { indicator: 'rsi' }, op: '>', right: close },
          { left: { field: 'nope' }, op: '>', right: { param: 'ghost' } },
        ],
      },
      universe: { filters: [{ left: { field: 'bars_held' }, op: '>', right: 1 }], rank: { by: { indicator: 'nope' } } },
      stops: { loss: 2 },
      sizing: { kind: 'equal_weight', maxPositions: 0 },
    });
    expect(faults.map((fault) => fault.path).sort()).toEqual(
      [
        'entry.all[0]',
        'entry.all[1].left.field',
        'entry.all[1].right',
        'name',
        'sizing.maxPositions',
        'stops.loss',
        'timeframe',
        'universe.filters[0].left',
        'universe.rank.by.indicator',
      ].sort(),
    );
  });

  test.each([null, undefined, 7, 'text', [], {}])('%j is refused, not thrown on', (document) => {
    expect(faultsOf(document).length).toBeGreaterThan(0);
  });
});
