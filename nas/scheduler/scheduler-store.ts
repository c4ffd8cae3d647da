import type { Pool } from 'pg';
import { type BarColumns, decodeBarChunk } from '#domain/market/bar-chunk.ts';
import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import type { SessionRow } from './phases.ts';

export interface Deployment {
  readonly id: string;
  readonly userId: string;
  readonly accountId: string;
  readonly document: unknown;
  readonly params: Readonly<Record<string, number>>;
  readonly symbols: readonly string[];
  /** Won it may use. */
  readonly capital: number;
  readonly isAccountProved: boolean;
  /** The owner's mask; null markets means no limit. */
  readonly markets: readonly string[] | null;
  readonly exclude: readonly string[];
}
export interface SubPosition {
  readonly code: string;
  readonly quantity: number;
  readonly purchaseAmount: number;
  readonly enteredAt: Date | null;
}
export interface WorkingOrder {
  readonly code: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  /** Won held for it. */
  readonly reserved: number;
}
export interface PlacedOrder {
  readonly orderId: string;
  readonly denial: string | null;
}
/** One decision as `strategy_runs.decisions` keeps it. */
export interface RecordedDecision {
  readonly side: 'buy' | 'sell';
  readonly code: string;
  readonly quantity: number;
  readonly reason: string;
  readonly referencePrice: number;
  /** ATR of the decision, won a share; the trading service reckons the position's ATR stop from it. */
  readonly atr: number | null;
  readonly orderId: string | null;
  readonly denial: string | null;
}
export type RunOutcome = 'no_signal' | 'ordered' | 'skipped' | 'failed';
export type RunPhase = 'prepare' | 'evaluate' | 'clean_up';

/** All SQL of the auto-trader. Role narae_scheduler. */
export function schedulerStore(pool: Pool) {
  return {
    /** Confirmed days around now: order entry of the day's first session, regular open, close of its last main-board session. */
    async sessions(fromDay: string, toDay: string): Promise<SessionRow[]> {
      const { rows } = await pool.query<SessionRow>(
        `select to_char(day, 'YYYY-MM-DD') as day, min(order_from) as "orderFrom", min(open_at) filter (where session = 'regular') as "openAt",
                max(close_at) as "closeAt"
           from public.market_calendar
          where market = 'KRX' and is_open and session in ('open_auction', 'regular', 'close_auction') and day between $1 and $2
          group by day having bool_or(session = 'regular') order by day`,
        [fromDay, toDay],
      );
      return rows;
    },

    async isAutoEnabled(): Promise<boolean> {
      const { rows } = await pool.query<{ on: boolean }>('select auto_enabled and orders_enabled as on from public.platform_settings');
      return rows[0]?.on ?? false;
    },

    async runningIds(): Promise<{ id: string; timeframe: string }[]> {
      const { rows } = await pool.query<{ id: string; timeframe: string }>(
        `select d.id, v.document ->> 'timeframe' as timeframe from public.strategy_deployments d
           join public.strategy_versions v on v.strategy_id = d.strategy_id and v.version = d.version
          where d.state = 'running' order by d.created_at`,
      );
      return rows;
    },

    /** Wakes whoever runs the tick; doubled jobs are harmless because the run is claimed. */
    async enqueue(deploymentId: string, phase: RunPhase, tick: Date): Promise<void> {
      await pool.query(`select graphile_worker.add_job('run-deployment', $1::json, job_key => $2, max_attempts => 5)`, [
        JSON.stringify({ deploymentId, phase, tick: tick.toISOString() }),
        `run:${deploymentId}:${phase}:${tick.toISOString()}`,
      ]);
    },

    /** Saves the work of a tick that somebody has claimed already. */
    async hasRun(deploymentId: string, tick: Date): Promise<boolean> {
      const { rowCount } = await pool.query('select 1 from public.strategy_runs where deployment_id = $1 and tick = $2', [
        deploymentId,
        tick,
      ]);
      return rowCount !== 0;
    },

    /** Was the feed that carries any of these symbols heard since? */
    async heardSince(codes: readonly string[], at: Date): Promise<boolean> {
      const { rowCount } = await pool.query('select 1 from public.quotes where stock_code = any($1) and heard_at >= $2 limit 1', [
        codes,
        at,
      ]);
      return rowCount !== 0;
    },

    /** Names runs whose process died between claim and end. They are never repeated: orders may have been placed. */
    async closeInterrupted(olderThan: Date): Promise<number> {
      const { rows } = await pool.query<{ deploymentId: string; tick: Date }>(
        `select deployment_id as "deploymentId", tick from public.strategy_runs where outcome = 'claimed' and finished_at is null and started_at < $1`,
        [olderThan],
      );
      for (const { deploymentId, tick } of rows) await this.finish(deploymentId, tick, 'failed', 'interrupted', []);
      return rows.length;
    },

    async deployment(id: string): Promise<Deployment | null> {
      const { rows } = await pool.query<Deployment>(
        `select d.id, d.user_id as "userId", d.broker_account_id as "accountId", v.document, v.params || d.params as params, d.symbols,
                d.capital, a.environment_verified_at is not null and a.is_active as "isAccountProved", s.markets, coalesce(s.exclude, '{}') as exclude
           from public.strategy_deployments d
           join public.strategy_versions v on v.strategy_id = d.strategy_id and v.version = d.version
           join public.broker_accounts a on a.id = d.broker_account_id
           left join public.investment_settings s on s.user_id = d.user_id
          where d.id = $1 and d.state = 'running'`,
        [id],
      );
      return rows[0] ?? null;
    },

    async instruments(codes: readonly string[]): Promise<{ code: string; name: string; market: Market; kind: InstrumentKind }[]> {
      const { rows } = await pool.query<{ code: string; name: string; market: Market; kind: InstrumentKind }>(
        'select stock_code as code, name_ko as name, market, kind from public.instruments where stock_code = any($1) order by stock_code',
        [codes],
      );
      return rows;
    },

    /** Chunks of the symbols, newest periods first, as many periods as asked. */
    async chunks(codes: readonly string[], timeframe: '1d' | '1m', periods: number): Promise<{ code: string; bars: BarColumns }[]> {
      const { rows } = await pool.query<{ code: string; bytes: Buffer }>(
        `select c.stock_code as code, c.bytes from public.bar_chunks c
          where c.stock_code = any($1) and c.timeframe = $2 and c.year in
            (select distinct year from public.bar_chunks where stock_code = any($1) and timeframe = $2 order by year desc limit $3)
          order by c.stock_code, c.year`,
        [codes, timeframe, periods],
      );
      return rows.map((row) => ({ code: row.code, bars: decodeBarChunk(row.bytes) }));
    },

    async positions(deploymentId: string): Promise<SubPosition[]> {
      const { rows } = await pool.query<SubPosition>(
        `select stock_code as code, quantity, purchase_amount as "purchaseAmount", entered_at as "enteredAt"
           from public.strategy_positions where deployment_id = $1 and quantity > 0 order by stock_code`,
        [deploymentId],
      );
      return rows;
    },

    async realized(deploymentId: string): Promise<number> {
      const { rows } = await pool.query<{ sum: number }>(
        'select coalesce(sum(realized_pnl), 0) as sum from public.strategy_positions where deployment_id = $1',
        [deploymentId],
      );
      return rows[0]?.sum ?? 0;
    },

    async working(deploymentId: string): Promise<WorkingOrder[]> {
      const { rows } = await pool.query<WorkingOrder>(
        `select o.stock_code as code, o.order_type as side, o.quantity, coalesce(r.amount, 0) as reserved
           from public.real_orders o left join public.reservations r on r.order_id = o.id
          where o.deployment_id = $1
            and o.order_status in ('pending', 'submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending')`,
        [deploymentId],
      );
      return rows;
    },

    async claim(deploymentId: string, tick: Date, phase: RunPhase): Promise<boolean> {
      const { rows } = await pool.query<{ claimed: boolean }>('select public.claim_run($1, $2, $3) as claimed', [
        deploymentId,
        tick,
        phase,
      ]);
      return rows[0]?.claimed ?? false;
    },

    async finish(
      deploymentId: string,
      tick: Date,
      outcome: RunOutcome,
      reason: string,
      decisions: readonly RecordedDecision[],
    ): Promise<void> {
      await pool.query('select public.finish_run($1, $2, $3, $4, $5::jsonb, null)', [
        deploymentId,
        tick,
        outcome,
        reason,
        JSON.stringify(decisions),
      ]);
    },

    async place(
      deploymentId: string,
      tick: Date,
      order: {
        readonly code: string;
        readonly side: 'buy' | 'sell';
        readonly quantity: number;
        readonly purpose: string;
        readonly sendAt: Date | null;
      },
    ): Promise<PlacedOrder> {
      const { rows } = await pool.query<{ answer: { order: { id: string }; denial: { code: string } | null } }>(
        `select public.place_order_for_deployment($1, $2, $3, $4, $5, 'market', null, $6, $7) as answer`,
        [deploymentId, tick, order.code, order.side, order.quantity, order.purpose, order.sendAt],
      );
      const answer = rows[0]?.answer;
      if (!answer) throw new Error('place_order_for_deployment gave no row');
      return { orderId: answer.order.id, denial: answer.denial?.code ?? null };
    },

    async holdBack(deploymentId: string, reason: string): Promise<number> {
      const { rows } = await pool.query<{ held: number }>('select public.hold_back_orders($1, $2) as held', [deploymentId, reason]);
      return rows[0]?.held ?? 0;
    },

    async failDeployment(deploymentId: string, reason: string): Promise<void> {
      await pool.query('select public.fail_deployment($1, $2)', [deploymentId, reason]);
    },
  };
}
export type SchedulerStore = ReturnType<typeof schedulerStore>;
