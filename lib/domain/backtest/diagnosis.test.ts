import { describe, expect, test } from 'vitest';
import { aDiagnosedRun, CAPITAL, manyTrades, type RunFacts, SYMBOLS } from '#lib/testing/diagnosed-run.ts';
import { aTrade, weekdays } from '#lib/testing/example-run.ts';
import type { Diagnosis, DiagnosisInput } from './diagnosis/finding.ts';
import { diagnose } from './diagnosis.ts';
import type { OpenPosition } from './engine.ts';

const find = (facts: RunFacts, code: string) => diagnose(aDiagnosedRun(facts)).find((finding) => finding.code === code);
const warningsOf = (run: DiagnosisInput) =>
  diagnose(run)
    .filter(({ severity }) => severity !== 'info')
    .map(({ code }) => code);
const openPosition = (facts: Partial<OpenPosition>): OpenPosition => ({
  symbol: SYMBOLS[0]!,
  quantity: 1,
  entryDay: '2020-01-07',
  entryPrice: 1000,
  lastPrice: 1000,
  ...facts,
});

test('a quiet run has no warning', () => {
  expect(warningsOf(aDiagnosedRun())).toEqual([]);
});

describe('each analysis speaks at its border and not one step before', () => {
  const day = weekdays(40);
  const profitOf = (...pnls: readonly number[]) => ({
    trades: [...manyTrades(30).map((trade) => ({ ...trade, pnl: 0 })), ...pnls.map((pnl, i) => aTrade({ symbol: SYMBOLS[i]!, pnl }))],
  });
  const monthly = (...gains: readonly number[]) => {
    const days = gains.map((_, i) => `2020-${String(i + 1).padStart(2, '0')}-15`);
    let equity = CAPITAL;
    return { days, equity: gains.map((gain) => (equity += gain)), trades: [aTrade({ pnl: 1, entryDay: days[0]!, exitDay: days[1]! })] };
  };
  const still = (sessions: number, count = 80) => ({
    days: weekdays(count),
    equity: Array.from({ length: count }, (_, i) => CAPITAL + (i < sessions ? 0 : 1 + (i % 2))),
  });
  const covid = (end: number) => ({
    days: ['2020-01-22', '2020-02-03', '2020-03-19', '2020-03-20'],
    equity: [CAPITAL, CAPITAL, end, CAPITAL],
    trades: [aTrade({ pnl: 1, entryDay: '2020-01-22', exitDay: '2020-02-03' })],
  });
  /** One of 20 prices stale is a twentieth: ten trades of which the first ends after a silence. */
  const afterSilence = (sessions: number, trades = 10) => ({
    silent: day.slice(10, 10 + sessions - 1),
    trades: Array.from({ length: trades }, (_, i) =>
      aTrade({ symbol: SYMBOLS[i === 0 ? 0 : 1]!, pnl: 0, entryDay: day[9]!, exitDay: day[9 + sessions]! }),
    ),
  });
  const withQuantity = (quantity: number, others = 9) => ({
    trades: [
      aTrade({ pnl: 0, quantity, entryDay: day[1]!, exitDay: day[5]! }),
      ...Array.from({ length: others }, () => aTrade({ pnl: 0, symbol: SYMBOLS[1]!, entryDay: day[1]!, exitDay: day[5]! })),
    ],
  });

  test.each<{ code: string; border: string; quiet: RunFacts; loud: RunFacts; numbers: Diagnosis['numbers']; severity?: string }>([
    {
      code: 'few_trades',
      border: 'below 30 trades',
      quiet: { trades: manyTrades(30) },
      loud: { trades: manyTrades(29) },
      numbers: { trades: 29, needed: 30 },
    },
    {
      code: 'no_trades',
      border: 'nothing bought at all, an open position is something',
      quiet: { trades: [], open: [openPosition({})] },
      loud: { trades: [] },
      numbers: { trades: 0 },
    },
    {
      code: 'one_symbol',
      border: 'more than half of the profit',
      quiet: profitOf(50, 30, 20),
      loud: profitOf(51, 30, 20),
      numbers: { symbol: '000010', won: 51, rest: 50, symbols: 3 },
    },
    {
      code: 'one_symbol',
      border: 'more than half, with what is still open',
      quiet: { ...profitOf(50, 50), open: [openPosition({ quantity: 0 })] },
      loud: { ...profitOf(50, 50), open: [openPosition({ quantity: 2, lastPrice: 1000.5 })] },
      numbers: { symbol: '000010', won: 51 },
    },
    {
      code: 'one_month',
      border: 'more than half of the profit of six months',
      quiet: monthly(10, 10, 50, 10, 10, 10),
      loud: monthly(10, 10, 51, 10, 10, 10),
      numbers: { month: '2020-03', won: 51, rest: 50, months: 6 },
    },
    {
      code: 'one_month',
      border: 'from six months on',
      quiet: monthly(0, 0, 51, 10, 10),
      loud: monthly(0, 0, 51, 10, 10, 0),
      numbers: { months: 6 },
    },
    {
      code: 'costs_eat',
      border: 'more than half of the profit before them',
      quiet: { equity: day.map((_, i) => CAPITAL + i), totals: { commission: 13, tax: 13, slippage: 13 } }, // 39 of 78
      loud: { equity: day.map((_, i) => CAPITAL + i), totals: { commission: 13, tax: 13, slippage: 14 } },
      numbers: { costs: 40, gross: 79 },
    },
    {
      code: 'stale_fills',
      border: 'more than one price in twenty',
      quiet: afterSilence(6),
      loud: afterSilence(6, 9),
      numbers: { stale: 1, prices: 18, silent: 1, delisted: 0, marks: 0 },
    },
    {
      code: 'stale_fills',
      border: 'more than five sessions without a trade',
      quiet: afterSilence(5, 9),
      loud: afterSilence(6, 9),
      numbers: { silent: 1 },
    },
    {
      code: 'stale_fills',
      border: 'more than five sessions without a trade before the entry',
      quiet: { silent: day.slice(5, 9), trades: [aTrade({ pnl: 0, entryDay: day[9]!, exitDay: day[10]! })] },
      loud: { silent: day.slice(5, 10), trades: [aTrade({ pnl: 0, entryDay: day[10]!, exitDay: day[11]! })] },
      numbers: { silent: 1, prices: 2 },
    },
    {
      code: 'stale_fills',
      border: 'an open position whose last price is more than five sessions old',
      quiet: { trades: [], open: [openPosition({})], silent: day.slice(-5) },
      loud: { trades: [], open: [openPosition({})], silent: day.slice(-6) },
      numbers: { marks: 1, prices: 1 },
    },
    {
      code: 'stale_fills',
      border: 'a delisted position left at its last price',
      quiet: { trades: [aTrade({ pnl: 0, entryDay: day[1]!, exitDay: day[2]! })] },
      loud: { trades: [aTrade({ pnl: 0, entryDay: day[1]!, exitDay: day[2]!, exitReason: 'delisted' })] },
      numbers: { delisted: 1 },
    },
    {
      code: 'held_overnight',
      border: 'one position that left the day after',
      quiet: { leavesBeforeClose: true, trades: [aTrade({ pnl: 0, entryDay: day[1]!, exitDay: day[1]! })] },
      loud: { leavesBeforeClose: true, trades: [aTrade({ pnl: 0, entryDay: day[1]!, exitDay: day[2]! })] },
      numbers: { trades: 1 },
    },
    {
      code: 'held_overnight',
      border: 'where the document sells before the close',
      quiet: { open: [openPosition({})] },
      loud: { open: [openPosition({})], leavesBeforeClose: true, trades: [] },
      numbers: { trades: 1 },
    },
    {
      code: 'believed_auctions',
      severity: 'info',
      border: 'bars that may end before the auction',
      quiet: { isAuctionBelieved: false },
      loud: { isAuctionBelieved: true },
      numbers: {},
    },
    {
      code: 'missing_auctions',
      border: 'one day that ends before its closing auction',
      quiet: { counts: { auctionsMissing: 0 } },
      loud: { counts: { auctionsMissing: 1 } },
      numbers: { days: 1 },
    },
    {
      code: 'flat_equity',
      border: 'more than a quarter of the run in one stretch',
      quiet: still(20),
      loud: still(21),
      numbers: { sessions: 21, from: '2020-01-06', to: weekdays(21).at(-1)! },
    },
    {
      code: 'flat_equity',
      border: 'from sixty sessions on',
      quiet: still(59, 59),
      loud: still(60, 60),
      numbers: { sessions: 60, share: 1 },
    },
    {
      code: 'capacity',
      border: 'an entry that took all that the cap gave: 100 of 1,000 shares',
      quiet: withQuantity(99, 8),
      loud: withQuantity(100, 8),
      numbers: { limited: 1, orders: 18, entriesAtCap: 1 },
    },
    {
      code: 'capacity',
      border: 'more than one order in twenty',
      quiet: withQuantity(100, 9),
      loud: { ...withQuantity(100, 9), counts: { exitsPartial: 1 } },
      numbers: { limited: 2, orders: 21, exitsPartial: 1 },
    },
    {
      code: 'capacity',
      border: 'a split after the entry does not count as more shares bought',
      quiet: { ...withQuantity(495, 8), factor: (time) => (time < day[3]! ? 0.2 : 1) },
      loud: { ...withQuantity(500, 8), factor: (time) => (time < day[3]! ? 0.2 : 1) },
      numbers: { entriesAtCap: 1 },
    },
    {
      code: 'crisis_loss',
      border: 'more than a fifth lost in a crash that the run holds whole',
      quiet: covid(CAPITAL * 0.8),
      loud: covid(CAPITAL * 0.8 - 1),
      numbers: { crises: 1, deep: 1, worst: (CAPITAL * 0.8 - 1) / CAPITAL - 1 },
    },
    {
      code: 'no_crisis',
      severity: 'info',
      border: 'a crash without its first day is not held',
      quiet: covid(CAPITAL),
      loud: { ...covid(CAPITAL), days: ['2020-01-23', '2020-02-03', '2020-03-19', '2020-03-20'], trades: [] },
      numbers: { crises: 0 },
    },
    {
      code: 'look_ahead',
      severity: 'error',
      border: 'any leak',
      quiet: { lookAhead: { checked: 8, verdict: 'clean', firstLeak: null } },
      loud: { lookAhead: { checked: 3, verdict: 'leak', firstLeak: { time: '2020-01-08', symbol: '000010' } } },
      numbers: { checked: 3, time: '2020-01-08', symbol: '000010' },
    },
    {
      code: 'look_ahead',
      border: 'a check that could not run',
      quiet: {},
      loud: { lookAhead: { checked: 0, verdict: 'not_checked', firstLeak: null } },
      numbers: { checked: 0 },
    },
    {
      code: 'ambiguous_stops',
      severity: 'info',
      border: 'more than one trade in twenty',
      quiet: { trades: manyTrades(40), counts: { stopsAmbiguous: 2 } },
      loud: { trades: manyTrades(39), counts: { stopsAmbiguous: 2 } },
      numbers: { bars: 2, trades: 39 },
    },
  ])('$code: $border', ({ code, quiet, loud, numbers, severity = 'warning' }) => {
    expect(find(quiet, code)).toBeUndefined();
    const found = find(loud, code);
    expect(found).toMatchObject({ code, severity, numbers });
    for (const sentence of [found!.ko, found!.en]) expect(sentence).not.toMatch(/NaN|undefined|Infinity|null/);
    // What was found, why it matters, what to do: never a single sentence.
    expect(found!.ko.match(/[가-힣]\.( |$)/g)?.length, found!.ko).toBeGreaterThanOrEqual(2);
    expect(found!.en.match(/\w\)?\.( |$)/g)?.length ?? 0, found!.en).toBeGreaterThanOrEqual(1);
  });
});

describe('the sentences carry the numbers', () => {
  test('of one symbol', () => {
    const trades = [
      ...manyTrades(30).map((trade) => ({ ...trade, pnl: 0 })),
      aTrade({ pnl: 1_234_000 }),
      aTrade({ symbol: '000020', pnl: -234_000 }),
    ];
    expect(find({ trades }, 'one_symbol')).toMatchObject({
      ko: expect.stringContaining(
        '이익의 123.4%가 한 종목(이름 000010, 1,234,000원)에서 나왔습니다. 이 종목을 빼면 나머지 2종목의 손익은 −234,000원',
      ),
      en: expect.stringContaining('Without it the other 2 made −234,000 won'),
    });
  });

  test('a run that only lost has no symbol or month that made it', () => {
    expect(warningsOf(aDiagnosedRun({ equity: weekdays(40).map((_, i) => CAPITAL - i) }))).toEqual([]);
  });
});

test.each([
  { prices: 'adjusted by their source', columns: { isAdjusted: true, factor: null }, code: 'adjusted_only' },
  { prices: 'raw without factors', columns: { isAdjusted: false, factor: null }, code: 'raw_without_factors' },
])('prices $prices are told as $code', ({ columns, code }) => {
  const run = aDiagnosedRun();
  const codes = diagnose({ ...run, columns: { ...run.columns, ...columns } }).map((finding) => finding.code);
  expect(codes.filter((found) => found === 'adjusted_only' || found === 'raw_without_factors')).toEqual([code]);
});
