import { describe, expect, test } from 'vitest';
import { type StrategyDraft, strategyDocument } from '#domain/strategy/schema.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import { defaultSymbol, isInUniverse } from './preview-symbol.ts';

const listed = (symbol: string, market: InstrumentView['market'], kind: InstrumentView['kind'] = 'stock') =>
  ({ symbol, market, kind }) as InstrumentView;
const LISTED = [
  listed('000010', 'KOSPI', 'etf'),
  listed('000020', 'KONEX'),
  listed('000030', 'KOSDAQ'),
  listed('000040', 'KOSPI'),
  listed('000050', 'KOSPI'),
];
const ANYTHING = { markets: ['KOSPI' as const, 'KOSDAQ' as const], exclude: [], allowRestricted: false };
const withUniverse = (universe: StrategyDraft['universe']) => strategyDocument.parse({ ...goldenCross.document, universe });

describe('the symbol previewed first', () => {
  test.each([
    { why: 'the first share of the markets', universe: {}, settings: ANYTHING, wanted: '000030' },
    { why: 'one of those named', universe: { symbols: ['000050', '000040'] as never[] }, settings: ANYTHING, wanted: '000040' },
    { why: 'none that the strategy excludes', universe: { exclude: ['000030'] as never[] }, settings: ANYTHING, wanted: '000040' },
    { why: 'none that the person excludes', universe: {}, settings: { ...ANYTHING, exclude: ['000030', '000040'] }, wanted: '000050' },
    { why: 'a fund where nothing else is', universe: { symbols: ['000010'] as never[] }, settings: ANYTHING, wanted: '000010' },
    { why: 'one outside the settings rather than none', universe: {}, settings: { ...ANYTHING, markets: [] }, wanted: '000010' },
    { why: 'nothing for an empty universe', universe: { markets: [] }, settings: ANYTHING, wanted: undefined },
  ])('is $why', ({ universe, settings, wanted }) => {
    expect(defaultSymbol(withUniverse(universe), LISTED, settings)?.symbol).toBe(wanted);
  });

  test('is told apart from one that the strategy does not trade', () => {
    const document = withUniverse({ markets: ['KOSPI'], exclude: ['000050'] as never[] });
    expect(LISTED.filter((one) => isInUniverse(document, one)).map(({ symbol }) => symbol)).toEqual(['000010', '000040']);
  });
});
