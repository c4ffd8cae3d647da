import { decodeBarChunk } from '#domain/market/bar-chunk.ts';
import { nextOpenDays } from '#domain/market/calendar.ts';
import { tickSize, tickTable } from '#domain/market/ticks.ts';
import type { Krw, Price, Shares } from '#domain/money.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type { Broker, BrokerBar, BrokerOrder, QuoteSnapshot } from '#nas/brokers/port.ts';
import { dayNumber } from '#nas/market/chunks.ts';
import { dayOfMinute } from '#nas/market/minute-bars.ts';
import { type Clock, seoul } from '#nas/runtime/clock.ts';
import type { BookedOrder } from './booked-order.ts';
import { FRESH_MS } from './match-orders.ts';
import type { MarketQuote, QuoteSource } from './quotes.ts';
import { affordable, reservedCash, sellableOf } from './refusals.ts';
import type { PaperStore } from './store.ts';

type Reads = Pick<
  Broker,
  'ordersOn' | 'balance' | 'buyingPower' | 'sellable' | 'quote' | 'quotes' | 'orderBook' | 'dailyBars' | 'minuteBars' | 'tradingDays'
>;

/** Everything the paper broker can be asked. A quote the fleet has not heard lately is no quote. */
export function paperReads({ store, quotes, clock }: { store: PaperStore; quotes: QuoteSource; clock: Clock }): Reads {
  const unavailable = (cause: unknown): never => {
    if (cause instanceof AppError) throw cause;
    throw new AppError('broker_unavailable', 'the paper broker could not be read', { cause });
  };
  const read: PaperStore['read'] = (work) => store.read(work).catch(unavailable);

  async function latest(symbols: readonly Symbol[]): Promise<readonly MarketQuote[]> {
    const found = await quotes.read(symbols).catch(unavailable);
    return symbols.map((symbol) => {
      const quote = found.find((one) => one.symbol === symbol);
      if (!quote || clock.wall() - quote.heardAt.getTime() > FRESH_MS) {
        throw new AppError('broker_unavailable', 'no live quote of this symbol', { detail: { symbol } });
      }
      return quote;
    });
  }
  const one = async (symbol: Symbol) => (await latest([symbol]))[0]!;
  const now = () => new Date(clock.wall());

  return {
    async ordersOn(day, filter = {}) {
      const orders = await read((book) => book.ordersOn(day));
      const isWanted = ({ symbol, side }: BookedOrder) => (filter.symbol ?? symbol) === symbol && (filter.side ?? side) === side;
      return orders.filter(isWanted).map((order) => toBrokerOrder(order, now()));
    },
    async balance() {
      const today = seoul(clock.wall()).day;
      const tomorrow = nextOpenDays(today, 1)[0]!;
      const state = await read(async (book) => {
        const working = await book.working(now());
        const holdings = await book.holdings();
        const traded = await book.tradedOn(today);
        const sellable = new Map<Symbol, number>();
        for (const { symbol } of holdings) sellable.set(symbol, await sellableOf(book, symbol, working));
        const { cash } = await book.account();
        const [later, last] = [await book.unsettledAfter(today), await book.unsettledAfter(tomorrow)];
        return { holdings, traded, sellable, cash, later, last, costs: await book.costsOn(today) };
      });
      const quoted = await quotes.read(state.holdings.map(({ symbol }) => symbol)).catch(unavailable);
      const holdings = state.holdings.map(({ symbol, quantity, purchaseAmount }) => {
        const quote = quoted.find((candidate) => candidate.symbol === symbol);
        return {
          symbol,
          name: quote?.name ?? symbol,
          quantity: quantity as Shares,
          sellableQuantity: state.sellable.get(symbol) as Shares,
          purchaseAmount: purchaseAmount as Krw,
          boughtToday: (state.traded.get(symbol)?.bought ?? 0) as Shares,
          soldToday: (state.traded.get(symbol)?.sold ?? 0) as Shares,
          lastPrice: (quote?.last ?? null) as Price | null,
        };
      });
      const value = holdings.reduce((sum, one) => sum + (one.lastPrice === null ? one.purchaseAmount : one.quantity * one.lastPrice), 0);
      const { cash, later, last, costs } = state;
      return { holdings, cash: cash - later, cashD1: cash - last, cashD2: cash, netAssets: cash + value, feesAndTaxToday: costs };
    },
    async buyingPower({ symbol, limitPrice }) {
      const reckonedPrice = limitPrice ?? (await one(symbol)).upperLimit;
      return read(async (book) => {
        const { cash, commissionRate } = await book.account();
        const amount = Math.max(0, cash - reservedCash(await book.working(now()), commissionRate));
        return { amount: amount as Krw, quantity: affordable(amount, reckonedPrice, commissionRate) as Shares, reckonedPrice };
      });
    },
    sellable: (symbol) => read(async (book) => (await sellableOf(book, symbol, await book.working(now()))) as Shares),
    quote: async (symbol) => toSnapshot(await one(symbol), seoul(clock.wall()).day),
    quotes: async (symbols) => (await latest(symbols)).map((quote) => toSnapshot(quote, seoul(clock.wall()).day)),
    async orderBook(symbol) {
      const quote = await one(symbol);
      const { asks = [], bids = [], expectedPrice = 0, expectedVolume = 0 } = quote.book ?? {};
      return { symbol, asks, bids, expectedPrice, expectedVolume, time: seoul(quote.heardAt.getTime()).time };
    },
    async dailyBars(symbol, from, to) {
      const years = Array.from({ length: Number(to.slice(0, 4)) - Number(from.slice(0, 4)) + 1 }, (_, i) => Number(from.slice(0, 4)) + i);
      const chunks = await read((book) => inTurn(years, (year) => book.chunk(symbol, '1d', year)));
      const bars = chunks.flatMap((bytes) => barsOf(bytes, (time) => ({ day: dayOfNumber(time), time: null })));
      return bars.filter(({ day }) => day >= from && day <= to);
    },
    async minuteBars(symbol) {
      const bytes = await read((book) => book.chunk(symbol, '1m', dayNumber(seoul(clock.wall()).day)));
      return barsOf(bytes, (minute) => ({ day: dayOfMinute(minute) as TradingDay, time: seoul(minute * 60_000).time }));
    },
    tradingDays: (from) => read((book) => book.days(from)),
  };
}

async function inTurn<A, B>(list: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const one of list) results.push(await work(one)); // one connection answers one question at a time
  return results;
}

function toBrokerOrder(order: BookedOrder, at: Date): BrokerOrder {
  return {
    brokerOrderId: order.number,
    branch: '',
    orderDay: order.day,
    originalOrderId: order.originalNumber,
    symbol: order.symbol,
    side: order.side,
    quantity: order.quantity as Shares,
    limitPrice: order.limitPrice as Price | null,
    priceType: order.priceType,
    cumQuantity: order.cumQuantity as Shares,
    cumAmount: order.cumAmount as Krw,
    leavesQuantity: (order.expiresAt > at ? order.leaves : 0) as Shares,
    cancelledQuantity: order.cancelledQuantity as Shares,
    rejectedQuantity: 0 as Shares,
    orderTime: order.time,
    isApiOrder: true,
  };
}

function toSnapshot(quote: MarketQuote, day: string): QuoteSnapshot {
  const { symbol, open, high, low, volume, value, isHalted, statusCode, kind, market } = quote;
  return {
    symbol,
    last: quote.last as Price,
    open,
    high,
    low,
    basePrice: quote.basePrice as Price,
    upperLimit: quote.upperLimit as Price,
    lowerLimit: quote.lowerLimit as Price,
    volume,
    value,
    tick: tickSize(quote.last, tickTable({ day, kind, market })),
    isHalted,
    statusCode,
    isInVi: false, // the fleet's quotes do not tell; the gate only informs of it
  };
}

const dayOfNumber = (day: number): TradingDay => String(day).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3') as TradingDay;

function barsOf(bytes: Uint8Array | null, whenOf: (time: number) => Pick<BrokerBar, 'day' | 'time'>): BrokerBar[] {
  if (!bytes) return [];
  const { time, open, high, low, close, volume, value } = decodeBarChunk(bytes);
  return Array.from(time, (at, i) => ({
    ...whenOf(at),
    open: open[i]!,
    high: high[i]!,
    low: low[i]!,
    close: close[i]!,
    volume: volume[i]!,
    value: value[i]!,
  }));
}
