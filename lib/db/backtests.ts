import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { METRIC_NAMES, type MetricName } from '#domain/backtest/metrics/definitions.ts';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

export const BACKTEST_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type BacktestState = (typeof BACKTEST_STATES)[number];

const words = z.object({ ko: z.string(), en: z.string() });
export type Words = z.infer<typeof words>;

/** A failure's sentence is kept as JSON in both languages. */
function sentenceOf(message: string): Words | null {
  if (message === '') return null;
  try {
    return words.parse(JSON.parse(message));
  } catch {
    return { ko: message, en: message };
  }
}
const message = z.string().transform(sentenceOf);

const metric = z.object({
  value: z.number().nullable(),
  sample: z.number(),
  needed: z.number(),
  state: z.enum(['ok', 'too_few', 'undefined']),
});
export type MetricView = z.infer<typeof metric>;
/** Metrics this engine version does not know are left out, missing ones stay missing. */
const metrics = z.record(z.string(), z.unknown()).transform((all) => {
  const known: Partial<Record<MetricName, MetricView>> = {};
  for (const name of METRIC_NAMES) {
    const parsed = metric.safeParse(all[name]);
    if (parsed.success) known[name] = parsed.data;
  }
  return known;
});
export type MetricsView = z.infer<typeof metrics>;

const diagnosis = z.object({
  code: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  path: z.string().optional(),
  ko: z.string(),
  en: z.string(),
});
export type DiagnosisView = z.infer<typeof diagnosis>;

const mask = z.object({ markets: z.array(z.string()).nullable().default(null), exclude: z.array(z.string()).default([]) });
/** What was asked; also what a re-run asks again. */
const request = z.object({
  document: z.unknown(),
  params: z.record(z.string(), z.number()).default({}),
  dataset: z.string(),
  from: z.string(),
  to: z.string(),
  capital: z.number(),
  mask: mask.nullable().default(null),
  seed: z.number().default(1),
});
export type BacktestRequest = z.infer<typeof request>;

const summary = z.object({
  engine: z.string(),
  inputs: z.object({
    strategyHash: z.string(),
    dataHash: z.string(),
    strategyName: z.string(),
    timeframe: z.string(),
    from: z.string(),
    to: z.string(),
    capital: z.number(),
    params: z.record(z.string(), z.number()),
    mask: z.looseObject({ markets: z.array(z.string()).nullable(), exclude: z.array(z.string()) }),
    seed: z.number(),
    symbols: z.number(),
    bars: z.number(),
    isAdjusted: z.boolean(),
    rules: z.record(z.string(), z.unknown()),
  }),
  orders: z.record(z.string(), z.number()),
  lookAhead: z.object({
    checked: z.number(),
    verdict: z.enum(['clean', 'leak', 'not_checked']),
    firstLeak: z.object({ time: z.string(), symbol: z.string() }).nullable(),
  }),
  open: z.array(
    z.object({ symbol: z.string(), quantity: z.number(), entryDay: z.string(), entryPrice: z.number(), lastPrice: z.number() }),
  ),
  tradeCount: z.number(),
});
export type BacktestSummary = z.infer<typeof summary>;

const common = {
  id: rowId,
  strategy_id: rowId.nullable(),
  version: z.number().nullable(),
  name: z.string(),
  state: z.enum(BACKTEST_STATES),
  progress: decimal,
  eta_seconds: z.number().nullable(),
  message,
  cancel_requested_at: instant.nullable(),
  metrics: metrics.nullable(),
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
};
const listRow = z.object({ ...common, request }).transform((row) => ({
  id: row.id,
  strategyId: row.strategy_id,
  version: row.version,
  name: row.name,
  state: row.state,
  progress: row.progress,
  etaSeconds: row.eta_seconds,
  message: row.message,
  isCancelling: row.cancel_requested_at !== null,
  metrics: row.metrics,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  // The document is heavy and the list does not show it.
  asked: { dataset: row.request.dataset, from: row.request.from, to: row.request.to, capital: row.request.capital },
}));
export type BacktestRow = z.infer<typeof listRow>;

const detailRow = z
  .object({ ...common, request, result_hash: z.string().nullable(), diagnosis: z.array(diagnosis), summary: summary.nullable() })
  .transform((row) => ({
    id: row.id,
    strategyId: row.strategy_id,
    version: row.version,
    name: row.name,
    state: row.state,
    progress: row.progress,
    etaSeconds: row.eta_seconds,
    message: row.message,
    isCancelling: row.cancel_requested_at !== null,
    metrics: row.metrics,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    request: row.request,
    resultHash: row.result_hash,
    diagnosis: row.diagnosis,
    summary: row.summary,
  }));
export type BacktestDetail = z.infer<typeof detailRow>;

/** What the topic `backtests` tells of a run; the heavy parts are read again when it is done. */
export const backtestMessage = z
  .object({ id: rowId, state: z.enum(BACKTEST_STATES), progress: decimal, eta_seconds: z.number().nullable(), message })
  .transform((row) => ({ id: row.id, state: row.state, progress: row.progress, etaSeconds: row.eta_seconds, message: row.message }));

const trade = z.object({
  symbol: z.string(),
  quantity: whole,
  entryDay: z.string(),
  entryPrice: z.number(),
  exitDay: z.string(),
  exitPrice: z.number(),
  commission: z.number(),
  tax: z.number(),
  slippage: z.number(),
  pnl: z.number(),
  returnRate: z.number(),
  barsHeld: z.number(),
  mae: z.number(),
  mfe: z.number(),
  exitReason: z.string(),
});
const tradeRow = z.object({ seq: z.number(), trade }).transform((row) => ({ seq: row.seq, ...row.trade }));
export type TradeView = z.infer<typeof tradeRow>;

const LIST_COLUMNS =
  'id,strategy_id,version,name,state,progress,eta_seconds,message,cancel_requested_at,metrics,created_at,started_at,finished_at,request';
const PAGE = 1_000;

export const backtestRepo = (db: SupabaseClient) => ({
  /** Newest first. */
  async list(limit = 100, strategyId?: string): Promise<BacktestRow[]> {
    const query = db.from('backtests').select(LIST_COLUMNS).order('created_at', { ascending: false }).limit(limit);
    return z.array(listRow).parse(must(await (strategyId ? query.eq('strategy_id', strategyId) : query), 'backtests.list'));
  },
  async row(id: string): Promise<BacktestRow | null> {
    const { data, error } = await db.from('backtests').select(LIST_COLUMNS).eq('id', id).maybeSingle();
    if (error) must({ data, error }, 'backtests.row');
    return data ? listRow.parse(data) : null;
  },
  async byId(id: string): Promise<BacktestDetail | null> {
    const { data, error } = await db.from('backtests').select(`${LIST_COLUMNS},result_hash,diagnosis,summary`).eq('id', id).maybeSingle();
    if (error) must({ data, error }, 'backtests.byId');
    return data ? detailRow.parse(data) : null;
  },
  async equity(id: string): Promise<EquityPoint[]> {
    return readSeries(db, id, 'equity', z.array(z.tuple([z.string(), z.number(), z.number()])));
  },
  async months(id: string): Promise<MonthPoint[]> {
    return readSeries(db, id, 'monthly', z.array(z.tuple([z.string(), z.number()])));
  },
  /** All trades in order of exit, page by page: PostgREST gives at most a thousand rows an answer. */
  async trades(id: string): Promise<TradeView[]> {
    const all: TradeView[] = [];
    for (let from = 0; ; from += PAGE) {
      const rows = must(
        await db
          .from('backtest_trades')
          .select('seq,trade')
          .eq('backtest_id', id)
          .order('seq')
          .range(from, from + PAGE - 1),
        'backtests.trades',
      );
      all.push(...z.array(tradeRow).parse(rows));
      if (rows.length < PAGE) return all;
    }
  },
  async start(wish: { strategyId: string | null; version: number | null; name: string; request: BacktestRequest }): Promise<string> {
    const answer = must(
      await db.rpc('start_backtest', {
        p_strategy_id: wish.strategyId,
        p_version: wish.version,
        p_name: wish.name,
        p_request: wish.request,
      }),
      'start_backtest',
    );
    return z.object({ id: rowId }).parse(answer).id;
  },
  async cancel(id: string): Promise<void> {
    const { error } = await db.rpc('cancel_backtest', { p_backtest_id: id });
    if (error) must({ data: null, error }, 'cancel_backtest');
  },
});

/** `[day, equity in won, drawdown as a fraction]` */
export type EquityPoint = [day: string, equity: number, drawdown: number];
/** `[YYYY-MM, return as a fraction]` */
export type MonthPoint = [month: string, rate: number];

async function readSeries<S extends z.ZodType>(db: SupabaseClient, id: string, name: string, schema: S): Promise<z.infer<S>> {
  const { data, error } = await db.from('backtest_series').select('points').eq('backtest_id', id).eq('name', name).maybeSingle();
  if (error) must({ data, error }, 'backtests.series');
  return schema.parse(data?.points ?? []);
}
