import { randomUUID } from 'node:crypto';
import type { KrxSession } from '#domain/market/calendar.ts';
import type { Symbol } from '#domain/order/order.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser } from '#lib/testing/database.ts';
import { createPaperBroker } from '#nas/brokers/paper/broker.ts';
import type { MarketQuote, QuoteSource } from '#nas/brokers/paper/quotes.ts';
import { paperStore } from '#nas/brokers/paper/store.ts';
import { type Clock, seoul, systemClock } from '#nas/runtime/clock.ts';

export const PAPER_SYMBOL = '990010' as Symbol;
/** A share whose tick is 50 won: 20,000 … 50,000. */
const BASE = 30_000;
const LOG = createLog('paper', 'fatal');

/** A quote source that says what a test says. */
export function handFedQuotes(clock: Clock = systemClock) {
  const watchers = new Set<(quote: MarketQuote) => void>();
  let quote: MarketQuote = {
    symbol: PAPER_SYMBOL,
    name: '시험전자',
    market: 'KOSPI',
    kind: 'stock',
    basePrice: BASE,
    upperLimit: 39_000,
    lowerLimit: 21_000,
    priceDay: seoul(clock.wall()).day,
    statusCode: '',
    isListed: true,
    isHalted: false,
    last: BASE,
    change: 0,
    open: BASE,
    high: BASE,
    low: BASE,
    volume: 10_000,
    value: 10_000 * BASE,
    phase: 'continuous',
    tradedAt: new Date(clock.wall()),
    heardAt: new Date(clock.wall()),
    book: { asks: [{ price: 30_050, quantity: 10 }], bids: [{ price: 29_950, quantity: 10 }], expectedPrice: 0, expectedVolume: 0 },
  };
  const say = (change: Partial<MarketQuote>) => {
    quote = { ...quote, tradedAt: new Date(clock.wall()), ...change, heardAt: change.heardAt ?? new Date(clock.wall()) };
    for (const tell of watchers) tell(quote);
  };
  const source: QuoteSource = {
    read: async (symbols) => (symbols.includes(PAPER_SYMBOL) ? [quote] : []),
    watch(_wanted, onQuote) {
      watchers.add(onQuote);
      return () => void watchers.delete(onQuote);
    },
    readAt: () => clock.wall(),
  };
  return {
    source,
    say,
    /** Others trade this many shares at a price. */
    print: (price: number, quantity: number) => say({ last: price, volume: quote.volume + quantity }),
    /** The book as everybody sees it: one level a side. */
    show: (ask: number, bid: number, quantity: number) =>
      say({ book: { asks: [{ price: ask, quantity }], bids: [{ price: bid, quantity }], expectedPrice: 0, expectedVolume: 0 } }),
  };
}

/** A database with one share, an open day and a person with a paper account. */
export async function openPaperDesk(options: { cash?: number; sessions?: readonly KrxSession[]; clock?: Clock } = {}) {
  const { cash = 100_000_000, sessions = ['regular'], clock = systemClock } = options;
  const database = await createTestDatabase();
  const { day } = seoul(clock.wall());
  for (const session of sessions) {
    await database.pool.query(
      `insert into public.market_calendar (market, day, session, order_from, open_at, close_at, source)
       values ('KRX', $1, $2, $1::date::timestamp at time zone 'Asia/Seoul', $1::date::timestamp at time zone 'Asia/Seoul',
               ($1::date + 1)::timestamp at time zone 'Asia/Seoul', 'test')`,
      [day, session],
    );
  }
  const userId = await createTestUser(database.pool);
  const accountId = randomUUID();
  await database.asUser(userId, (client) => client.query('select public.open_paper_account($1, $2, $3)', [accountId, '가상', cash]));
  const pool = createFleetPool(database.url('narae_trading'), { name: 'paper', max: 4, log: LOG });
  const quotes = handFedQuotes(clock);
  const start = (lease: { token: number } | null = null) =>
    createPaperBroker({ accountId, store: paperStore(pool, accountId, lease), quotes: quotes.source, clock, log: LOG });
  return {
    database,
    userId,
    accountId,
    day,
    quotes,
    start,
    async stop() {
      await pool.end();
      await database.drop();
    },
  };
}
