import type pg from 'pg';
import type { KrxSession } from '#domain/market/calendar.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import { type BookedFill, type BookedOrder, type Holding, type NewPaperOrder, orderRow } from './booked-order.ts';

const LISTED = 'o.quantity > o.cum_quantity + o.cancelled_quantity + o.moved_quantity';

/** All SQL of the paper broker, on the connection of one transaction. */
export function bookOn(client: pg.PoolClient, accountId: string) {
  return {
    /** Cash in won when everything has settled, and the account's commission rate. */
    async account(): Promise<{ cash: number; commissionRate: number }> {
      const { rows } = await client.query(
        `select p.cash, a.commission_rate_krx as rate from public.paper_accounts p
           join public.broker_accounts a on a.id = p.broker_account_id where p.broker_account_id = $1`,
        [accountId],
      );
      return { cash: rows[0].cash, commissionRate: rows[0].rate };
    },
    /** Won of trades that settle after a day: not in that day's cash yet. */
    async unsettledAfter(day: string): Promise<number> {
      const { rows } = await client.query(
        `select coalesce(sum(case side when 'sell' then amount - commission - tax else -(amount + commission) end), 0) as net
           from public.paper_fills where broker_account_id = $1 and settle_day > $2`,
        [accountId, day],
      );
      return rows[0].net;
    },
    /** Orders that may still trade, oldest first. */
    async working(at: Date, symbol?: Symbol): Promise<readonly BookedOrder[]> {
      const { rows } = await client.query(
        `select o.* from public.paper_orders o where o.broker_account_id = $1 and o.expires_at > $2 and ${LISTED}
            and ($3::text is null or o.stock_code = $3) order by o.order_number`,
        [accountId, at, symbol ?? null],
      );
      return rows.map((row) => orderRow.parse(row));
    },
    async ordersOn(day: TradingDay): Promise<readonly BookedOrder[]> {
      const { rows } = await client.query(
        'select o.* from public.paper_orders o where o.broker_account_id = $1 and o.order_day = $2 order by o.order_number',
        [accountId, day],
      );
      return rows.map((row) => orderRow.parse(row));
    },
    async order(number: string): Promise<BookedOrder | null> {
      const { rows } = await client.query('select o.* from public.paper_orders o where o.broker_account_id = $1 and o.order_number = $2', [
        accountId,
        number,
      ]);
      return rows[0] ? orderRow.parse(rows[0]) : null;
    },
    async holdings(): Promise<readonly Holding[]> {
      const { rows } = await client.query(
        `select stock_code as symbol, quantity, purchase_amount as "purchaseAmount" from public.paper_holdings
          where broker_account_id = $1 order by stock_code`,
        [accountId],
      );
      return rows;
    },
    /** Shares bought and sold on a day, by symbol. What was traded on a day is unsettled on it: that is what the index knows. */
    async tradedOn(day: string): Promise<ReadonlyMap<Symbol, { bought: number; sold: number }>> {
      const { rows } = await client.query(
        `select stock_code as symbol, coalesce(sum(quantity) filter (where side = 'buy'), 0) as bought,
                coalesce(sum(quantity) filter (where side = 'sell'), 0) as sold
           from public.paper_fills where broker_account_id = $1 and trade_day = $2 and settle_day > $2 group by stock_code`,
        [accountId, day],
      );
      return new Map(rows.map((row) => [row.symbol, { bought: Number(row.bought), sold: Number(row.sold) }]));
    },
    /** Won of commission and tax of a day's trades. */
    async costsOn(day: string): Promise<number> {
      const { rows } = await client.query(
        `select coalesce(sum(commission + tax), 0) as won from public.paper_fills
          where broker_account_id = $1 and trade_day = $2 and settle_day > $2`,
        [accountId, day],
      );
      return rows[0].won;
    },
    /** Shares taken on a day from one picture of a symbol's book, by price. */
    async takenFrom(symbol: Symbol, bookKey: string, day: string): Promise<ReadonlyMap<number, number>> {
      const { rows } = await client.query(
        `select price, sum(quantity) as quantity from public.paper_fills
          where broker_account_id = $1 and stock_code = $2 and book_key = $3 and settle_day > $4 group by price`,
        [accountId, symbol, bookKey, day],
      );
      return new Map(rows.map((row) => [Number(row.price), Number(row.quantity)]));
    },
    /** The next order number of the account: ten digits. */
    async nextNumber(): Promise<string> {
      const { rows } = await client.query(
        `update public.paper_accounts set last_number = last_number + 1 where broker_account_id = $1 returning last_number`,
        [accountId],
      );
      return String(rows[0].last_number).padStart(10, '0');
    },
    async insertOrder(number: string, o: NewPaperOrder): Promise<void> {
      await client.query(
        `insert into public.paper_orders (broker_account_id, order_number, original_number, order_day, order_time, stock_code, side, price_type,
                                          time_in_force, quantity, limit_price, reserve_price, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          accountId,
          number,
          o.originalNumber,
          o.day,
          o.time,
          o.symbol,
          o.side,
          o.priceType,
          o.timeInForce,
          o.quantity,
          o.limitPrice,
          o.reservePrice,
          o.expiresAt,
        ],
      );
    },
    async saveOrder(o: BookedOrder): Promise<void> {
      await client.query(
        `update public.paper_orders set cum_quantity = $3, cum_amount = $4, cancelled_quantity = $5, moved_quantity = $6, seen_volume = $7,
                queue_ahead = $8, eligible_volume = $9, print_filled = $10 where broker_account_id = $1 and order_number = $2`,
        [
          accountId,
          o.number,
          o.cumQuantity,
          o.cumAmount,
          o.cancelledQuantity,
          o.movedQuantity,
          o.seenVolume,
          o.queueAhead,
          o.eligibleVolume,
          o.printFilled,
        ],
      );
    },
    /** Writes a fill and moves the cash: a buy pays amount and commission, a sale brings amount less commission and tax. */
    async addFill(f: BookedFill): Promise<void> {
      await client.query(
        `insert into public.paper_fills (broker_account_id, order_number, stock_code, side, quantity, price, amount, commission, tax, basis,
                                         book_key, trade_day, settle_day)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          accountId,
          f.number,
          f.symbol,
          f.side,
          f.quantity,
          f.price,
          f.amount,
          f.commission,
          f.tax,
          f.basis,
          f.bookKey,
          f.tradeDay,
          f.settleDay,
        ],
      );
      const moved = f.side === 'buy' ? -(f.amount + f.commission) : f.amount - f.commission - f.tax;
      await client.query('update public.paper_accounts set cash = cash + $2 where broker_account_id = $1', [accountId, moved]);
    },
    async saveHolding({ symbol, quantity, purchaseAmount }: Holding): Promise<void> {
      if (quantity === 0)
        await client.query('delete from public.paper_holdings where broker_account_id = $1 and stock_code = $2', [accountId, symbol]);
      else
        await client.query(
          `insert into public.paper_holdings (broker_account_id, stock_code, quantity, purchase_amount) values ($1, $2, $3, $4)
           on conflict (broker_account_id, stock_code) do update set quantity = excluded.quantity, purchase_amount = excluded.purchase_amount`,
          [accountId, symbol, quantity, purchaseAmount],
        );
    },
    /** Sessions that take orders at an instant, and the end of the day's main board; null on a day without one. */
    async sessions(at: Date, day: string): Promise<{ open: readonly KrxSession[]; closeAt: Date | null }> {
      const { rows } = await client.query(
        `select session, order_from <= $1 and close_at > $1 as is_open, close_at from public.market_calendar
          where market = 'KRX' and is_open and day = $2`,
        [at, day],
      );
      const main = rows.filter(({ session }) => session === 'regular' || session === 'close_auction');
      const closeAt = main.reduce<Date | null>((last, row) => (last && last > row.close_at ? last : row.close_at), null);
      return { open: rows.filter((row) => row.is_open).map((row) => row.session), closeAt };
    },
    /** The calendar from a day on: days without a row are not told. */
    async days(from: string): Promise<readonly { day: TradingDay; isOpen: boolean }[]> {
      const { rows } = await client.query(
        `select day, bool_or(is_open) as "isOpen" from public.market_calendar
          where market = 'KRX' and day >= $1 and day < $1::date + 21 group by day order by day`,
        [from],
      );
      return rows;
    },
    /** The stored bars of a symbol: daily by year, minutes by session (yyyymmdd). */
    async chunk(symbol: Symbol, timeframe: '1d' | '1m', period: number): Promise<Uint8Array | null> {
      const { rows } = await client.query<{ bytes: Buffer }>(
        'select bytes from public.bar_chunks where stock_code = $1 and timeframe = $2 and year = $3',
        [symbol, timeframe, period],
      );
      return rows[0]?.bytes ?? null;
    },
  };
}
export type PaperBook = ReturnType<typeof bookOn>;
