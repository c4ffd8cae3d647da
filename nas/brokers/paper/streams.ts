import type { Price, Shares } from '#domain/money.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { BrokerStream, OrderNotice, Registration, StreamHandlers } from '#nas/brokers/port.ts';
import { type Clock, seoul } from '#nas/runtime/clock.ts';
import type { Trade } from './match-orders.ts';
import type { MarketQuote } from './quotes.ts';

interface OpenStream {
  readonly handlers: StreamHandlers;
  readonly hasNotices: boolean;
  registrations: readonly Registration[];
  /** Printed volume of a symbol as this stream last told it. */
  readonly printed: Map<Symbol, number>;
}
export type Notice = Omit<OrderNotice, 'accountNumber' | 'branch' | 'time'>;

/** The open streams of one paper account: notices of its orders, prints and books of what they asked for. */
export function paperStreams({ accountId, clock, lastFrameAt }: { accountId: string; clock: Clock; lastFrameAt: () => number }) {
  const streams = new Set<OpenStream>();
  return {
    symbols: (): readonly Symbol[] => [...streams].flatMap(({ registrations }) => registrations.map(({ symbol }) => symbol)),
    tellOrder(notice: Notice): void {
      const full = { ...notice, accountNumber: accountId, branch: '', time: seoul(clock.wall()).time };
      for (const { handlers, hasNotices } of streams) if (hasNotices) handlers.onNotice?.(full);
    },
    tellMarket(quote: MarketQuote): void {
      for (const stream of streams) tellMarket(stream, quote);
    },
    /** `onRegistered` is to tell the present state of what is wanted: later prints are counted from it. */
    open(
      handlers: StreamHandlers,
      options: { notices: boolean; onRegistered(symbols: readonly Symbol[], tell: (quote: MarketQuote) => void): void },
    ): BrokerStream {
      const stream: OpenStream = { handlers, hasNotices: options.notices, registrations: [], printed: new Map() };
      streams.add(stream);
      handlers.onState('connecting');
      const callOff = clock.after(0, () => handlers.onState('live'));
      return {
        setRegistrations(wanted) {
          stream.registrations = wanted;
          options.onRegistered([...new Set(wanted.map(({ symbol }) => symbol))], (quote) => tellMarket(stream, quote));
        },
        lastFrameAt,
        async close() {
          callOff();
          streams.delete(stream);
        },
      };
    },
    clear: () => streams.clear(),
  };
}

function tellMarket({ handlers, registrations, printed }: OpenStream, quote: MarketQuote): void {
  const wants = (kind: Registration['kind']) => registrations.some((one) => one.symbol === quote.symbol && one.kind === kind);
  const { symbol, book, volume, open, high, low, change, isHalted, phase } = quote;
  const at = seoul((quote.tradedAt ?? quote.heardAt).getTime());
  const before = printed.get(symbol) ?? volume;
  printed.set(symbol, volume);
  if (wants('trade') && volume > before) {
    handlers.onTrade?.({
      symbol,
      day: at.day as TradingDay,
      time: at.time,
      price: quote.last as Price,
      quantity: volume - before,
      cumVolume: volume,
      cumValue: quote.value,
      open,
      high,
      low,
      change,
      isHalted,
      phase: phase === 'pre' || phase === 'auction' || phase === 'after' ? phase : 'continuous',
    });
  }
  if (wants('book') && book) handlers.onBook?.({ ...book, symbol, time: seoul(quote.heardAt.getTime()).time });
}

/** What a match tells the order's owner. */
export function tradeNotice({ order, kind, quantity, price }: Trade): Notice {
  const { number, symbol, side } = order;
  const originalOrderId = kind === 'cancelled' ? number : null;
  return { brokerOrderId: number, originalOrderId, kind, side, symbol, quantity: quantity as Shares, price };
}
