import type pg from 'pg';

/** What the gateway reads of an order: enough to say whether the broker has answered. */
export interface OrderAnswer {
  readonly orderId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly status: string;
  readonly brokerOrderId: string | null;
  readonly denialCode: string | null;
  readonly cumQuantity: number;
}
export interface QuoteRow {
  readonly symbol: string;
  readonly last: number;
  readonly change: number;
  readonly changeRate: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly phase: string;
  readonly isHalted: boolean;
  readonly heardAt: Date;
}

/** The gateway's reads, and its one write: a wake-up. It has no right to change an order. */
export function gatewayRepo(pool: pg.Pool) {
  return {
    async order(orderId: string): Promise<OrderAnswer | null> {
      const { rows } = await pool.query<OrderAnswer>(
        `select id as "orderId", user_id as "userId", broker_account_id as "accountId", order_status as status,
                broker_order_id as "brokerOrderId", denial_code as "denialCode", cum_quantity as "cumQuantity"
           from public.real_orders where id = $1`,
        [orderId],
      );
      return rows[0] ?? null;
    },
    async wake(accountId: string): Promise<void> {
      await pool.query(`select pg_notify('wake_account', $1)`, [accountId]);
    },
    async quotes(symbols: readonly string[]): Promise<readonly QuoteRow[]> {
      const { rows } = await pool.query<QuoteRow>(
        `select stock_code as symbol, last_price as last, change, change_rate as "changeRate", open, high, low, volume, phase,
                is_halted as "isHalted", heard_at as "heardAt"
           from public.quotes where feed = 'shared' and stock_code = any($1) order by stock_code`,
        [symbols],
      );
      return rows;
    },
    /** The newest chunks of a symbol, oldest first. */
    async barChunks(symbol: string, timeframe: '1d' | '1m', count: number): Promise<readonly { bytes: Uint8Array; hash: string }[]> {
      const { rows } = await pool.query<{ bytes: Buffer; hash: string }>(
        'select bytes, hash from public.bar_chunks where stock_code = $1 and timeframe = $2 order by year desc limit $3',
        [symbol, timeframe, count],
      );
      return rows.reverse();
    },
    async ping(): Promise<void> {
      await pool.query('select 1');
    },
  };
}
export type GatewayRepo = ReturnType<typeof gatewayRepo>;
