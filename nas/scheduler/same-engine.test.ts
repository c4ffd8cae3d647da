import { expect, test } from 'vitest';
import { type BarRow, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import type { Trade } from '#domain/backtest/position.ts';
import type { BarColumns } from '#domain/market/bar-chunk.ts';
import { createLog } from '#lib/log.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { minuteLabel } from './live-bars.ts';
import type { SessionRow } from './phases.ts';
import { runDeployment } from './run-deployment.ts';
import type { Deployment, RecordedDecision, RunOutcome, SchedulerStore, SubPosition } from './scheduler-store.ts';

const CODES = ['900010', '900020', '900030'] as const;
const CAPITAL = 50_000_000;
const SESSIONS: readonly SessionRow[] = ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-23'].map((day) => ({
  day,
  orderFrom: new Date(`${day}T08:30:00+09:00`),
  openAt: new Date(`${day}T09:00:00+09:00`),
  closeAt: new Date(`${day}T15:30:00+09:00`),
}));
const MINUTE = 60_000;
const log = createLog('test', 'fatal');

/** No costs and no stops: money is then the same on both sides, and every difference is one of deciding. */
const document = (timeframe: string) => ({
  schema: 'narae.strategy/1',
  name: '시험',
  timeframe,
  params: {},
  universe: { refresh: 'daily' },
  entry: { left: { field: 'close' }, op: 'crosses_above', right: { indicator: 'sma', args: { period: 5 } } },
  exit: {
    any: [
      { left: { field: 'close' }, op: 'crosses_below', right: { indicator: 'sma', args: { period: 8 } } },
      { left: { field: 'unrealised_rate' }, op: '>', right: 0.02 },
    ],
  },
  stops: { maxBars: 7 },
  // Never more than there is cash: every order then fills whole, and what was bought is what was decided.
  sizing: { kind: 'percent_equity', percent: 0.2, maxPositions: 2 },
  costs: { commissionRate: 0, tax: 'none', slippage: { kind: 'none' } },
});

/** A seeded walk on a 100 won grid, the same in every run. */
function walk(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

function minuteChunks(): Map<string, BarColumns[]> {
  return new Map(
    CODES.map((code, c) => {
      const chance = walk(7 + c);
      let price = 60_000;
      return [
        code,
        SESSIONS.slice(0, 3).map(({ openAt }, s) => {
          const times: number[] = [];
          const rows: number[][] = [];
          for (let i = 0; i < 390; i += 1) {
            if (s === 0 && chance() < 0.1) continue; // a minute without a trade has no bar; later ones all have, so that every order fills
            const open = price;
            price = Math.max(50_000, price + Math.round((chance() - 0.5) * 8) * 100);
            times.push(openAt.getTime() / MINUTE + i);
            rows.push([open, Math.max(open, price) + 100, Math.min(open, price) - 100, price, 1_000_000]);
          }
          const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
          return {
            time: Int32Array.from(times),
            open: column(0),
            high: column(1),
            low: column(2),
            close: column(3),
            volume: column(4),
            value: Float64Array.from(rows, (row) => row[3]! * row[4]!),
          };
        }),
      ];
    }),
  );
}

/** The back-test's bars: joined here on their own, so that a fault of the live joining shows. */
function bars(chunks: Map<string, BarColumns[]>, size: number): BarRow[] {
  return [...chunks].flatMap(([code, sessions]) =>
    sessions.flatMap((chunk, s) => {
      const open = SESSIONS[s]!.openAt.getTime() / MINUTE;
      const groups = Map.groupBy([...chunk.time.keys()], (i) => Math.floor((chunk.time[i]! - open) / size));
      return [...groups].map(
        ([group, at]): BarRow => ({
          code,
          time: minuteLabel(open + group * size),
          open: chunk.open[at[0]!]!,
          high: Math.max(...at.map((i) => chunk.high[i]!)),
          low: Math.min(...at.map((i) => chunk.low[i]!)),
          close: chunk.close[at.at(-1)!]!,
          volume: at.reduce((sum, i) => sum + chunk.volume[i]!, 0),
          value: at.reduce((sum, i) => sum + chunk.value[i]!, 0),
        }),
      );
    }),
  );
}

const instant = (label: string): Date => new Date(`${label}:00+09:00`);
/** `buy 900010 12 entry_signal` */
const words = ({ side, code, quantity, reason }: Pick<RecordedDecision, 'side' | 'code' | 'quantity' | 'reason'>) =>
  `${side} ${code} ${quantity} ${reason}`;

test.each([
  { timeframe: '1m', size: 1 },
  { timeframe: '5m', size: 5 },
])('the auto-trader decides $timeframe bars exactly as a back-test over them, bar by bar', async ({ timeframe, size }) => {
  const chunks = minuteChunks();
  const rows = bars(chunks, size);
  const columns = columnsFromBars({
    bars: rows,
    symbols: CODES.map((code) => ({ code, market: 'KOSPI' as const })),
    isAdjusted: false,
    dataHash: 'x',
  });
  const [first, last] = ['2026-11-20', '2026-11-20'];
  const outcome = await runBacktest({ document: document(timeframe), columns, from: first!, to: last!, capital: CAPITAL });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  const { trades, open } = outcome.result;
  expect(trades.length).toBeGreaterThan(20);

  // What the back-test decided after each bar, told by what it did at the opening of the next.
  const before = new Map(columns.times.map((time, i) => [time, columns.times[i - 1]!]));
  const expected = new Map<string, string[]>();
  const decided = (at: string, text: string) => expected.set(at, [...(expected.get(at) ?? []), text]);
  // An entry is for the next bar of the market, an exit waits for the next bar of its symbol.
  const exitDecidedAt = new Map(
    trades.map((trade) => [trade, rows.filter((bar) => bar.code === trade.symbol && bar.time < trade.exitDay).at(-1)!.time]),
  );
  for (const trade of trades) {
    decided(before.get(trade.entryDay)!, `buy ${trade.symbol} ${trade.quantity} entry_signal`);
    decided(exitDecidedAt.get(trade)!, `sell ${trade.symbol} ${trade.quantity} ${trade.exitReason}`);
  }

  const live = new Map<string, string[]>();
  for (const time of columns.times.filter((t) => t.slice(0, 10) >= first! && t.slice(0, 10) <= last!)) {
    const tick = new Date(instant(time).getTime() + size * MINUTE);
    if (tick.getTime() >= instant(`${time.slice(0, 10)}T15:30`).getTime()) continue; // nothing is sent after the last bar
    const store = storeAt(time, { document: document(timeframe), chunks, trades, exitDecidedAt });
    await runDeployment(
      { store, log, now: () => new Date(tick.getTime() + 4_000) },
      { deploymentId: 'd', phase: 'evaluate', tick },
      SESSIONS,
    );
    if (store.placed.length > 0) live.set(time, store.placed.map(words));
  }
  const openCodes = new Set(open.map((position) => position.symbol));
  for (const [time, decisions] of live) {
    const wanted = (expected.get(time) ?? []).sort();
    // Entries of positions that are still open, and orders of a closing bar, have no finished trade to compare with.
    const known = decisions.filter((text) => wanted.includes(text) || !openCodes.has(text.split(' ')[1]!)).sort();
    expect({ time, decisions: known }).toEqual({ time, decisions: wanted });
  }
  const isSent = (time: string) => !time.endsWith(minuteLabel(SESSIONS[0]!.closeAt.getTime() / MINUTE - size).slice(10));
  expect([...expected.keys()].filter((time) => isSent(time) && !live.has(time))).toEqual([]);
});

/** The database as it would stand after the bar `time`: positions filled as the back-test filled them. */
function storeAt(
  time: string,
  given: { document: unknown; chunks: Map<string, BarColumns[]>; trades: readonly Trade[]; exitDecidedAt: ReadonlyMap<Trade, string> },
) {
  const { trades, chunks, exitDecidedAt } = given;
  const held = trades.filter((trade) => trade.entryDay <= time && trade.exitDay > time);
  const realized = trades.filter((trade) => trade.exitDay <= time).reduce((sum, trade) => sum + trade.pnl, 0);
  const placed: RecordedDecision[] = [];
  const deployment: Deployment = {
    id: 'd',
    userId: 'u',
    accountId: 'a',
    document: given.document,
    params: {},
    symbols: CODES,
    capital: CAPITAL,
    isAccountProved: true,
    markets: null,
    exclude: [],
  };
  const store: Partial<SchedulerStore> & { placed: RecordedDecision[] } = {
    placed,
    hasRun: async () => false,
    isAutoEnabled: async () => true,
    deployment: async () => deployment,
    instruments: async (codes) => codes.map((code) => ({ code, name: code, market: 'KOSPI', kind: 'stock' })),
    chunks: async (codes, _timeframe, periods) =>
      codes.flatMap((code) =>
        chunks
          .get(code)!
          .filter((columns) => columns.time[0]! * MINUTE <= instant(time).getTime())
          .slice(-periods)
          .map((columns) => ({ code, bars: columns })),
      ),
    positions: async () =>
      held.map(
        (trade): SubPosition => ({
          code: trade.symbol,
          quantity: trade.quantity,
          purchaseAmount: trade.entryPrice * trade.quantity,
          enteredAt: new Date(instant(trade.entryDay).getTime() + 5_000),
        }),
      ),
    realized: async () => realized,
    working: async () =>
      held
        .filter((trade) => exitDecidedAt.get(trade)! < time)
        .map((trade) => ({ code: trade.symbol, side: 'sell' as const, quantity: trade.quantity, reserved: 0 })),
    heardSince: async () => true,
    claim: async () => true,
    finish: async (_id: string, _tick: Date, _outcome: RunOutcome, _reason: string, decisions: readonly RecordedDecision[]) =>
      void placed.push(...decisions),
    place: async () => ({ orderId: 'o', denial: null }),
  };
  return store as SchedulerStore & { placed: RecordedDecision[] };
}
