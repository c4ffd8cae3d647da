import type { Pool } from 'pg';
import type { BacktestResult } from '#domain/backtest/result.ts';
import type { Fault } from '#domain/strategy/fault.ts';

/** Trades a statement; keeps one message to Postgres below a few megabytes. */
const TRADES_A_STATEMENT = 2_000;

/** All SQL of a back-test worker on `backtests`. Role narae_worker. */
export function backtestStore(pool: Pool) {
  return {
    /** Marks a queued run (or one whose worker died) as running; null when it is finished, cancelled or gone. */
    async begin(id: string): Promise<{ request: unknown; userId: string } | null> {
      const { rows } = await pool.query<{ request: unknown; userId: string }>(
        `update public.backtests set state = 'running', started_at = coalesce(started_at, now()), progress = 0, eta_seconds = null, message = ''
          where id = $1 and state in ('queued', 'running') and cancel_requested_at is null
          returning request, user_id as "userId"`,
        [id],
      );
      if (rows[0]) return rows[0];
      await pool.query(
        `update public.backtests set state = 'cancelled', finished_at = now() where id = $1 and state in ('queued', 'running')`,
        [id],
      );
      return null;
    },

    /** Whether its document names no symbols, so that it reads a whole market. */
    async readsWholeMarket(id: string): Promise<boolean> {
      const { rows } = await pool.query<{ names: boolean }>(
        `select jsonb_path_exists(request, '$.document.universe.symbols[*]') as names from public.backtests where id = $1`,
        [id],
      );
      return rows[0]?.names === false;
    },

    /** Says why a queued run waits. @param message `{ko, en}` as JSON. */
    async waits(id: string, message: string): Promise<void> {
      await pool.query(`update public.backtests set message = $2 where id = $1 and state = 'queued' and message <> $2`, [id, message]);
    },

    async progress(id: string, done: number, etaSeconds: number | null): Promise<'go on' | 'cancel'> {
      const { rows } = await pool.query<{ isCancelled: boolean }>(
        `update public.backtests set progress = $2, eta_seconds = $3 where id = $1 and state = 'running'
          returning cancel_requested_at is not null as "isCancelled"`,
        [id, Math.min(1, Math.max(0, done)), etaSeconds],
      );
      return rows[0] && !rows[0].isCancelled ? 'go on' : 'cancel';
    },

    /** Result, series and trades appear together or not at all. */
    async finish(id: string, userId: string, result: BacktestResult): Promise<void> {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('delete from public.backtest_trades where backtest_id = $1', [id]);
        await client.query('delete from public.backtest_series where backtest_id = $1', [id]);
        for (let at = 0; at < result.trades.length; at += TRADES_A_STATEMENT) {
          await client.query(
            `insert into public.backtest_trades (backtest_id, seq, user_id, trade)
             select $1, $2 + t.n - 1, $3, t.trade from jsonb_array_elements($4::jsonb) with ordinality as t(trade, n)`,
            [id, at, userId, JSON.stringify(result.trades.slice(at, at + TRADES_A_STATEMENT))],
          );
        }
        await client.query(
          `insert into public.backtest_series (backtest_id, name, user_id, points) values ($1, 'equity', $2, $3), ($1, 'monthly', $2, $4)`,
          [id, userId, JSON.stringify(result.equity), JSON.stringify(result.months)],
        );
        const { engine, inputs, orders, lookAhead, open } = result;
        await client.query(
          `update public.backtests set state = 'done', progress = 1, eta_seconds = 0, finished_at = now(), strategy_hash = $2, data_hash = $3,
                  result_hash = $4, metrics = $5, diagnosis = $6, summary = $7 where id = $1 and state = 'running'`,
          [
            id,
            inputs.strategyHash,
            inputs.dataHash,
            result.hash,
            JSON.stringify(result.metrics),
            JSON.stringify(result.diagnosis),
            JSON.stringify({ engine, inputs, orders, lookAhead, open, tradeCount: result.trades.length }),
          ],
        );
        await client.query('commit');
      } catch (error) {
        await client.query('rollback').catch(() => undefined); // a lost connection has rolled back already
        throw error;
      } finally {
        client.release();
      }
    },

    /** @param message `{ko, en}` as JSON. */
    async fail(id: string, message: string, faults: readonly Fault[]): Promise<void> {
      await pool.query(
        `update public.backtests set state = 'failed', finished_at = now(), eta_seconds = null, message = $2, diagnosis = $3 where id = $1`,
        [id, message, JSON.stringify(faults.map((fault) => ({ ...fault, severity: 'error' })))],
      );
    },

    async cancelled(id: string): Promise<void> {
      await pool.query(`update public.backtests set state = 'cancelled', finished_at = now(), eta_seconds = null where id = $1`, [id]);
    },

    async requeue(id: string): Promise<void> {
      await pool.query(
        `update public.backtests set state = 'queued', progress = 0, eta_seconds = null where id = $1 and state = 'running'`,
        [id],
      );
    },

    /** Tells screens which data sets this volume holds; one that vanished is removed. */
    async publishDatasets(rows: readonly DatasetRow[]): Promise<void> {
      await pool.query(
        `with given as (select * from jsonb_to_recordset($1::jsonb) as d(name text, "from" date, "to" date, symbols integer, bars bigint,
                "isAdjusted" boolean, "isIntraday" boolean, "dataHash" text)),
              gone as (delete from public.datasets where name not in (select name from given))
         insert into public.datasets as d (name, from_day, to_day, symbols, bars, is_adjusted, is_intraday, data_hash)
         select name, "from", "to", symbols, bars, "isAdjusted", "isIntraday", "dataHash" from given
         on conflict (name) do update set from_day = excluded.from_day, to_day = excluded.to_day, symbols = excluded.symbols, bars = excluded.bars,
           is_adjusted = excluded.is_adjusted, is_intraday = excluded.is_intraday, data_hash = excluded.data_hash, updated_at = now()
          where d.data_hash <> excluded.data_hash`,
        [JSON.stringify(rows)],
      );
    },
  };
}
export interface DatasetRow {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly symbols: number;
  readonly bars: number;
  readonly isAdjusted: boolean;
  readonly isIntraday: boolean;
  readonly dataHash: string;
}
export type BacktestStore = ReturnType<typeof backtestStore>;
