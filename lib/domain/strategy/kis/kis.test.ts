import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileStrategy } from '../compile.ts';
import { type Numeric, type StrategyDraft, strategyDocument } from '../schema.ts';
import { TEMPLATES } from '../templates/list.ts';
import { readKisStrategy } from './from-kis.ts';
import { type KisCondition, type KisFile, type KisIndicator, kisFile } from './kis-file.ts';
import { writeKisStrategy } from './to-kis.ts';

const fileOf = (indicators: KisIndicator[], entry: KisCondition[], more: Partial<KisFile['strategy']> = {}): KisFile => ({
  version: '1.0',
  metadata: { name: '가져온 전략', description: '설명' },
  strategy: { id: 'mine', indicators, entry: { logic: 'AND', conditions: entry }, ...more },
});
const CROSS = fileOf(
  [
    { id: 'sma', alias: 'fast', params: { period: '$short' } },
    { id: 'sma', alias: 'slow', params: { period: 20 } },
  ],
  [{ indicator: 'fast', operator: 'cross_above', compare_to: 'slow' }],
  {
    params: { short: { default: 5, min: 2, max: 50, type: 'int', description: '단기' } },
    exit: { logic: 'OR', conditions: [{ indicator: 'fast', operator: 'cross_below', compare_to: 'slow' }] },
  },
);
const codes = (remarks: readonly { code: string }[]) => remarks.map(({ code }) => code);
const average = (period: Numeric) => ({ indicator: 'sma', args: { period } });

test('a golden cross comes over with its parameter, its exit and its stops in fractions, and runs', () => {
  const risk = {
    stop_loss: { enabled: true, percent: 7 },
    take_profit: { enabled: true, percent: 12.5 },
    trailing_stop: { enabled: false, percent: 3 },
  };
  const { draft, remarks } = readKisStrategy({ ...CROSS, risk });
  expect(draft).toMatchObject({
    name: '가져온 전략',
    note: '설명',
    timeframe: '1d',
    params: { short: { default: 5, min: 2, max: 50, step: 1, ko: '단기' } },
    entry: { left: average({ param: 'short' }), op: 'crosses_above', right: average(20) },
    exit: { left: average({ param: 'short' }), op: 'crosses_below', right: average(20) },
    stops: { loss: 0.07, profit: 0.125 },
  });
  expect(draft!.stops).not.toHaveProperty('trailing');
  expect(codes(remarks)).toEqual(['kis_silent']);
  expect(compileStrategy(draft).ok).toBe(true);
});

const close = { field: 'close' };
test.each<[string, KisIndicator, KisCondition, unknown, unknown]>([
  [
    'RSI under a number',
    { id: 'rsi', alias: 'r' },
    { indicator: 'r', operator: 'less_than', value: 30 },
    { indicator: 'rsi', args: { period: 14 } },
    30,
  ],
  [
    'the MACD line',
    { id: 'macd', alias: 'm' },
    { indicator: 'm', output: 'value', operator: 'gt', value: 0 },
    { indicator: 'macd', args: { fast: 12, slow: 26, signal: 9 }, output: 'line' },
    0,
  ],
  [
    'an output of the condition',
    { id: 'bollinger', alias: 'b' },
    { indicator: 'close', operator: 'lt', compare_to: 'b', compare_output: 'lower' },
    close,
    { indicator: 'bollinger', args: { period: 20, deviations: 2 }, output: 'lower' },
  ],
  [
    'an output of the indicator',
    { id: 'bollinger', alias: 'b', output: 'upper' },
    { indicator: 'close', operator: 'gt', compare_to: 'b' },
    close,
    { indicator: 'bollinger', args: { period: 20, deviations: 2 }, output: 'upper' },
  ],
  [
    'a change in per cent',
    { id: 'roc', alias: 'r', params: { period: 5 } },
    { indicator: 'r', operator: 'gte', value: 3 },
    { op: '*', args: [{ indicator: 'roc', args: { period: 5 } }, 100] },
    3,
  ],
  [
    'a scaled average',
    { id: 'sma', alias: 's' },
    { indicator: 'close', operator: 'lt', compare_to: 's', compare_scalar: 0.9, compare_operation: 'mul' },
    close,
    { op: '*', args: [average(20), 0.9] },
  ],
  [
    'a number written as text',
    { id: 'rsi', alias: 'r' },
    { indicator: 'r', operator: 'cross_above', compare_to: '70.5' },
    { indicator: 'rsi', args: { period: 14 } },
    70.5,
  ],
  [
    'the strength of the close',
    { id: 'ibs', alias: 'i' },
    { indicator: 'i', operator: 'gte', value: 0.8 },
    {
      op: '/',
      args: [
        { op: '-', args: [close, { field: 'low' }] },
        { op: '-', args: [{ field: 'high' }, { field: 'low' }] },
      ],
    },
    0.8,
  ],
  [
    'a parabolic SAR with one step',
    { id: 'sar', alias: 'p' },
    { indicator: 'close', operator: 'gt', compare_to: 'p' },
    close,
    { indicator: 'parabolic_sar', args: { step: 0.02, most: 0.2 } },
  ],
  [
    'an indicator without an alias',
    { id: 'ema', params: { period: 9 } },
    { indicator: 'close', operator: 'gt', compare_to: 'ema_1' },
    close,
    { indicator: 'ema', args: { period: 9 } },
  ],
  [
    'an extreme that a price breaks',
    { id: 'max', alias: 'h', params: { period: 252 } },
    { indicator: 'close', operator: 'cross_above', compare_to: 'h' },
    close,
    { indicator: 'highest', args: { period: 252 }, shift: 1 },
  ],
])('%s', (_, indicator, condition, left, right) => {
  const { draft } = readKisStrategy(fileOf([indicator], [condition]));
  expect(draft?.entry).toMatchObject({ left, right });
  const compiled = compileStrategy({ ...draft, exit: draft!.entry });
  expect(compiled.ok ? [] : compiled.faults).toEqual([]);
});

test.each<[string, KisIndicator[], KisCondition[], string]>([
  [
    'an indicator that Narae does not have',
    [{ id: 'vortex', alias: 'v' }],
    [{ indicator: 'v', operator: 'gt', value: 1 }],
    'kis_indicator',
  ],
  [
    'Wilder’s average, which is their wma',
    [{ id: 'wma', alias: 'w' }],
    [{ indicator: 'close', operator: 'gt', compare_to: 'w' }],
    'kis_indicator',
  ],
  [
    'a SAR with two steps',
    [{ id: 'sar', alias: 's', params: { af_start: 0.01 } }],
    [{ indicator: 'close', operator: 'gt', compare_to: 's' }],
    'kis_indicator',
  ],
  [
    'an unknown parameter',
    [{ id: 'sma', alias: 's', params: { period: '$nowhere' } }],
    [{ indicator: 'close', operator: 'gt', compare_to: 's' }],
    'kis_indicator',
  ],
  ['a name that every object has', [{ id: 'constructor', alias: 'c' }], [{ indicator: 'c', operator: 'gt', value: 1 }], 'kis_indicator'],
  [
    'an output that every object has',
    [{ id: 'macd', alias: 'm' }],
    [{ indicator: 'm', output: 'constructor', operator: 'gt', value: 1 }],
    'kis_condition',
  ],
  ['a candlestick', [], [{ candlestick: 'doji' }], 'kis_condition'],
  ['an unknown comparison', [], [{ indicator: 'close', operator: 'between', value: 1 }], 'kis_condition'],
  ['an alias that nothing has', [], [{ indicator: 'close', operator: 'gt', compare_to: 'somewhere' }], 'kis_condition'],
  [
    'an output that the indicator lacks',
    [{ id: 'rsi', alias: 'r' }],
    [{ indicator: 'r', output: 'signal', operator: 'gt', value: 1 }],
    'kis_condition',
  ],
  ['nothing to compare with', [], [{ indicator: 'close', operator: 'gt' }], 'kis_condition'],
])('%s is left out and said; what is left still comes', (_, indicators, conditions, code) => {
  const alone = readKisStrategy(fileOf(indicators, conditions));
  expect(alone.draft).toBeNull();
  expect(codes(alone.remarks)).toEqual(expect.arrayContaining([code, 'kis_no_entry']));
  const { draft, remarks } = readKisStrategy(fileOf(indicators, [...conditions, { indicator: 'close', operator: 'gt', value: 1000 }]));
  expect(draft?.entry).toEqual({ left: close, op: '>', right: 1000 });
  expect(codes(remarks)).toContain(code);
});

test('an alias that occurs twice keeps its first meaning, and a stop without a number is left out', () => {
  const twice = fileOf(
    [
      { id: 'sma', alias: 'a', params: { period: 5 } },
      { id: 'ema', alias: 'a', params: { period: 9 } },
    ],
    [{ indicator: 'close', operator: 'gt', compare_to: 'a' }],
  );
  const { draft, remarks } = readKisStrategy({ ...twice, risk: { stop_loss: { enabled: true, percent: '$loss' } } });
  expect(draft).toMatchObject({ entry: { right: average(5) }, stops: {} });
  expect(codes(remarks)).toEqual(expect.arrayContaining(['kis_alias_twice', 'kis_stop']));
});

test('names that a document may not have are changed, and parameters that nothing reads stay behind', () => {
  const params = { Fast_기간: { default: 5 }, fast: { default: 9, min: 3, max: 30 }, unused: { default: 1 } };
  const file = fileOf([{ id: 'sma', alias: 's', params: { period: '$fast' } }], [{ indicator: 'close', operator: 'gt', compare_to: 's' }], {
    params,
  });
  expect(readKisStrategy(file).draft!.params).toEqual({ fast: { default: 9, min: 3, max: 30, step: 1 } });
});

const carried = (entry: StrategyDraft['entry'], exit: StrategyDraft['exit'], params: StrategyDraft['params'] = {}) =>
  strategyDocument.parse({
    schema: 'narae.strategy/1',
    name: 'round',
    timeframe: '1d',
    params,
    entry,
    ...(exit ? { exit } : {}),
    stops: { loss: 0.05, trailing: 0.1 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  });
const rsi = { indicator: 'rsi', args: { period: { param: 'days' } } };
test.each([
  carried(
    {
      all: [
        { left: average(5), op: 'crosses_above', right: average(20) },
        { left: { indicator: 'rsi' }, op: '<', right: 70 },
      ],
    },
    { left: average(5), op: 'crosses_below', right: average(20) },
  ),
  carried({ left: rsi, op: '<=', right: 30 }, { left: rsi, op: '>=', right: 70 }, { days: { default: 14, min: 2, max: 50, step: 1 } }),
  carried(
    { left: { field: 'close' }, op: '>', right: { indicator: 'highest', args: { period: 252 }, shift: 1 } },
    {
      any: [
        { left: { field: 'close' }, op: '<', right: { indicator: 'bollinger', output: 'lower' } },
        { left: { indicator: 'macd', output: 'histogram' }, op: '<', right: 0 },
      ],
    },
  ),
  carried(
    { left: { field: 'close' }, op: '<', right: { op: '*', args: [average(20), 0.9] } },
    { left: { op: '*', args: [{ indicator: 'roc', args: { period: 5 } }, 100] }, op: '>', right: { param: 'rise' } },
    { rise: { default: 3, min: 1, max: 9, step: 0.5 } },
  ),
  carried({ left: { indicator: 'stochastic', args: { smooth: 1 }, output: 'k' }, op: '<', right: 20 }, undefined),
])('what a file can say, written and read again, is the same strategy (%#)', (document) => {
  const { file, remarks } = writeKisStrategy(document);
  expect(remarks.map(({ path }) => path)).toEqual(['sizing']);
  expect(kisFile.safeParse(file).success).toBe(true);
  const back = compileStrategy(readKisStrategy(file).draft);
  const first = compileStrategy(document);
  if (!back.ok || !first.ok) throw new Error('does not compile');
  expect([back.program.entry.key, back.program.exit?.key, back.program.stops]).toEqual([
    first.program.entry.key,
    first.program.exit?.key,
    first.program.stops,
  ]);
});

test('a change is told in per cent; with a parameter it is left out', () => {
  const roc = { indicator: 'roc', args: { period: 5 } };
  const written = writeKisStrategy(carried({ left: roc, op: '>', right: 0.07 }, undefined)).file.strategy.entry;
  expect(written).toEqual({ logic: 'AND', conditions: [{ indicator: 'roc_1', operator: 'greater_than', value: 7 }] });
  const params = { rise: { default: 0.07, min: 0, max: 1, step: 0.01 } };
  const { file, remarks } = writeKisStrategy(carried({ left: roc, op: '>', right: { param: 'rise' } }, undefined, params));
  expect(file.strategy.entry?.conditions).toEqual([]);
  expect(remarks.map(({ path }) => path)).toEqual(['entry', 'sizing']);
});

test('of every template, a file says what it leaves out', () => {
  for (const { id, document } of TEMPLATES) {
    const { file, remarks } = writeKisStrategy(strategyDocument.parse({ ...document, name: id }));
    const conditions = (file.strategy.entry?.conditions ?? []).length + (file.strategy.exit?.conditions ?? []).length;
    const wanted =
      JSON.stringify([document.entry, document.exit]).match(/"op":"(?:[<>]=?|[!=]=|crosses_\w+|rising|falling)"/g)?.length ?? 0;
    expect(remarks.filter(({ path }) => /^(entry|exit)/.test(path)).length, id).toBeGreaterThanOrEqual(conditions < wanted ? 1 : 0);
    for (const { ko, en } of remarks) expect([ko, en].every((sentence) => sentence.length > 10)).toBe(true);
  }
});

test('whatever a file holds, reading it throws nothing, and a draft has the shape of a document', () => {
  const word = fc.constantFrom(
    'close',
    'sma',
    'rsi',
    'macd',
    'max',
    'roc',
    'ibs',
    'sar',
    'value',
    'signal',
    'gt',
    'cross_above',
    '$p',
    '3',
    '',
    '__proto__',
    'constructor',
  );
  const scalar = fc.oneof(word, fc.double(), fc.constant(null));
  const indicator = fc.record({ id: word, alias: word, params: fc.dictionary(word, scalar), output: word }, { requiredKeys: ['id'] });
  const condition = fc.record(
    { indicator: word, operator: word, compare_to: scalar, value: scalar, output: word, compare_output: word, compare_scalar: fc.double() },
    { requiredKeys: [] },
  );
  const group = fc.record({ logic: fc.constantFrom('AND', 'OR'), conditions: fc.array(condition, { maxLength: 4 }) });
  const file = fc.record({
    strategy: fc.record({
      indicators: fc.array(indicator, { maxLength: 4 }),
      entry: group,
      exit: group,
      params: fc.dictionary(word, fc.record({ default: fc.double({ noNaN: true }) })),
    }),
  });
  fc.assert(
    fc.property(fc.oneof(file, fc.anything()), (value) => {
      const { draft, remarks } = readKisStrategy(value);
      if (draft === null) expect(remarks.length).toBeGreaterThan(0);
      else expect(strategyDocument.safeParse(draft).error?.issues ?? []).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
