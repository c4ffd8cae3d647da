import { describe, expect, test } from 'vitest';
import { TAX_ERAS } from './fees-and-tax.ts';
import { instrumentKind, market } from './instrument.ts';
import { LIMIT_ERAS } from './price-limit.ts';
import { type RuleBookQuestion, unsourcedRules } from './rule-book.ts';
import { tickEras } from './ticks.ts';

const TABLES = [
  { table: 'transaction tax', eras: TAX_ERAS },
  ...market.options.flatMap((board) => [
    { table: `price limits of ${board}`, eras: LIMIT_ERAS[board] },
    ...instrumentKind.options.map((kind) => ({ table: `ticks of ${kind} on ${board}`, eras: tickEras(kind, board) })),
  ]),
];

test.each(TABLES)('every row of $table names its source, newest first, and every day has one', ({ eras }) => {
  for (const { source } of eras) expect(source.length).toBeGreaterThan(10);
  const days = eras.map(({ since }) => since);
  expect(days).toEqual([...new Set(days)].sort().reverse());
  expect(days.at(-1)).toBe('0001-01-01');
});

describe('a run is told which of its rules nobody could source', () => {
  const run = (changes: Partial<RuleBookQuestion>) =>
    unsourcedRules({
      from: '2021-01-04',
      to: '2026-10-01',
      symbols: [
        { market: 'KOSPI', kind: 'stock' },
        { market: 'KOSDAQ', kind: 'stock' },
      ],
      isTaxByLaw: true,
      isIntraday: false,
      ...changes,
    }).map(({ rule, market: board, from, to }) => `${rule} ${board ?? 'all'} ${from} ${to}`);
  const KOSPI = [{ market: 'KOSPI', kind: 'stock' }] as const;
  const KOSDAQ = [{ market: 'KOSDAQ', kind: 'stock' }] as const;

  test.each([
    { why: 'nothing since 2010', question: { from: '2010-10-04' }, told: [] },
    {
      why: 'ticks of KOSPI up to the day before',
      question: { from: '2010-10-01', symbols: KOSPI },
      told: ['tick_size KOSPI 2010-10-01 2010-10-03'],
    },
    {
      why: 'ticks of KOSDAQ are known from 2003-07-21',
      question: { from: '2003-07-18', symbols: KOSDAQ },
      told: ['tick_size KOSDAQ 2003-07-18 2003-07-20'],
    },
    {
      why: 'a month in which only the month of the change is known, and a tax before any report',
      question: { from: '1996-11-01', to: '1998-12-30', symbols: KOSPI },
      told: [
        'tick_size KOSPI 1996-11-01 1998-12-30',
        'price_limit KOSPI 1996-11-25 1996-11-30',
        'price_limit KOSPI 1998-03-02 1998-03-31',
        'transaction_tax all 1996-11-01 1996-12-31',
      ],
    },
    {
      why: 'no tax where the user gives a rate',
      question: { from: '1996-12-02', to: '1996-12-30', symbols: KOSPI, isTaxByLaw: false },
      told: ['tick_size KOSPI 1996-12-02 1996-12-30'],
    },
    {
      why: 'funds: a disputed day of the tick, and limits by leverage that the data does not tell',
      question: { from: '2023-12-01', to: '2024-01-31', symbols: [{ market: 'KOSPI', kind: 'etf' }] },
      told: ['tick_size all 2023-12-08 2023-12-17', 'tick_size all 2023-12-18 2023-12-31', 'fund_price_limit all 2023-12-01 2024-01-31'],
    },
    {
      why: 'hours of special days on minute bars',
      question: { from: '2023-06-01', isIntraday: true },
      told: ['session_hours all 2023-06-01 2023-12-31'],
    },
  ] as const)('$why', ({ question, told }) => {
    expect(run(question as Partial<RuleBookQuestion>)).toEqual(told);
  });
});
