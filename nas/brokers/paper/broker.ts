import type { Shares } from '#domain/money.ts';
import type { Symbol } from '#domain/order/order.ts';
import type { Log } from '#lib/log.ts';
import type { Broker, BrokerCapabilities, NewBrokerOrder, SubmitOutcome } from '#nas/brokers/port.ts';
import { type Clock, seoul } from '#nas/runtime/clock.ts';
import type { PaperBook } from './book.ts';
import type { BookedOrder } from './booked-order.ts';
import { matchOrders } from './match-orders.ts';
import type { MarketQuote, QuoteSource } from './quotes.ts';
import { paperReads } from './reads.ts';
import { assertExpressible, NOTHING_LEFT, TOO_MUCH, termsOf } from './refusals.ts';
import { CommitUnknown, LeaseLost, type PaperStore } from './store.ts';
import { paperStreams, tradeNotice } from './streams.ts';

const CAPABILITIES: BrokerCapabilities = {
  // The port carries neither, so paper goes through the same protocol as a broker without them.
  clientOrderId: false,
  executionId: false,
  openOrders: true,
  inquiryRows: true,
  replaceKeepsId: false,
  tradingDays: true,
  ordersPerPage: Number.POSITIVE_INFINITY,
  requestsPerSecond: 1_000,
};
/** After a database that could not be asked. */
const RETRY_MS = 1_000;

/** `mayWrite` gave a reason: the transaction is rolled back. */
class Stopped extends Error {}

/**
 * An account that trades on live quotes without any keys: its orders rest in Postgres and are matched against what the market prints
 * and shows, by the back-test's fill rules. Nothing in memory matters: a process that is killed goes on from the rows.
 */
export function createPaperBroker(deps: {
  readonly accountId: string;
  readonly store: PaperStore;
  readonly quotes: QuoteSource;
  readonly clock: Clock;
  readonly log: Log;
}): Broker {
  const { accountId, store, quotes, clock, log } = deps;
  const streams = paperStreams({ accountId, clock, lastFrameAt: () => quotes.readAt() });
  /** Symbols with orders that may still trade; a superset is harmless. */
  const working = new Set<Symbol>();
  let isClosed = false;
  let tail: Promise<void> = Promise.resolve();

  const now = () => {
    const { day, time } = seoul(clock.wall());
    return { at: new Date(clock.wall()), day, time };
  };
  /** One thing after the other: notices keep the order of what they tell of. What fails is tried again, unless the account is another's. */
  function inTurn(what: string, work: () => Promise<void>): void {
    tail = tail.then(async () => {
      if (isClosed) return;
      await work().catch((error) => {
        if (error instanceof LeaseLost) return log.info('paper account is matched elsewhere');
        log.warn({ err: error, what }, 'paper broker will try again');
        clock.after(RETRY_MS, () => inTurn(what, work));
      });
    });
  }

  // --- the market ------------------------------------------------------------------------------------------------------------
  const unwatch = quotes.watch(
    () => new Set([...working, ...streams.symbols()]),
    (quote) => {
      streams.tellMarket(quote);
      if (working.has(quote.symbol)) lookAt(quote.symbol);
    },
  );
  inTurn('load', async () => {
    const orders = await store.read((book) => book.working(now().at));
    for (const symbol of new Set(orders.map((order) => order.symbol))) lookAt(symbol);
  });

  async function match(quote: MarketQuote): Promise<void> {
    const { at } = now();
    const { trades, isWorking } = await store.change(async (book) => ({
      trades: await matchOrders(book, quote, at),
      isWorking: (await book.working(at, quote.symbol)).length > 0,
    }));
    if (isWorking) working.add(quote.symbol);
    else working.delete(quote.symbol);
    for (const trade of trades) streams.tellOrder(tradeNotice(trade));
  }
  function lookAt(symbol: Symbol): void {
    working.add(symbol);
    inTurn('look', async () => {
      const [quote] = await quotes.read([symbol]);
      if (quote) await match(quote);
    });
  }

  // --- orders ------------------------------------------------------------------------------------------------------------------
  /** Commits or proves that nothing was done; only an unanswered commit is unknown. */
  async function attempt(work: (book: PaperBook) => Promise<SubmitOutcome>): Promise<SubmitOutcome> {
    try {
      return await store.change(work);
    } catch (error) {
      if (error instanceof CommitUnknown) return { kind: 'unknown', cause: error.message };
      if (error instanceof Stopped) return { kind: 'not_processed', code: error.message, message: '', retryAfterMs: 0 };
      const code = error instanceof LeaseLost ? 'lease_lost' : 'paper_unavailable';
      log.warn({ err: error, code }, 'paper order not taken');
      return { kind: 'not_processed', code, message: 'rolled back', retryAfterMs: RETRY_MS };
    }
  }
  function guard(mayWrite?: () => string | null): void {
    const reason = mayWrite?.() ?? null;
    if (reason !== null) throw new Stopped(reason);
  }

  async function enter(
    order: NewBrokerOrder,
    mayWrite: (() => string | null) | undefined,
    from: (book: PaperBook) => Promise<{ freed: BookedOrder | null; quantity: number } | SubmitOutcome>,
  ): Promise<SubmitOutcome> {
    assertExpressible(order);
    // Before the transaction: whoever holds a connection must not wait for a second one.
    const quote = await quotes.read([order.symbol]).then(
      ([found]) => found,
      () => null,
    );
    if (quote === null) return { kind: 'not_processed', code: 'paper_unavailable', message: 'no quotes', retryAfterMs: RETRY_MS };
    return attempt(async (book) => {
      const source = await from(book);
      if ('kind' in source) return source;
      const { freed, quantity } = source;
      const wanted = { ...order, quantity: quantity as Shares };
      const { at, day, time } = now();
      const terms = await termsOf(book, wanted, { quote, at, day, freed });
      if ('kind' in terms) return terms;
      const number = await book.nextNumber();
      guard(mayWrite);
      await book.insertOrder(number, { ...wanted, ...terms, originalNumber: freed?.number ?? null, day, time });
      if (freed) await book.saveOrder({ ...freed, movedQuantity: freed.movedQuantity + quantity });
      return { kind: 'accepted', brokerOrderId: number, branch: '', brokerTime: time };
    });
  }

  return {
    id: 'paper',
    environment: 'paper',
    capabilities: CAPABILITIES,
    ...paperReads(deps),
    async submit(order, mayWrite) {
      const outcome = await enter(order, mayWrite, async () => ({ freed: null, quantity: order.quantity }));
      if (outcome.kind === 'accepted') {
        const { symbol, side, quantity, limitPrice } = order;
        const { brokerOrderId } = outcome;
        streams.tellOrder({ brokerOrderId, originalOrderId: null, kind: 'accepted', side, symbol, quantity, price: limitPrice ?? 0 });
        lookAt(symbol);
      }
      return outcome;
    },
    async replace(change, mayWrite) {
      let moved = 0;
      const outcome = await enter(change, mayWrite, async (book) => {
        const old = await book.order(change.brokerOrderId);
        if (!old || old.leaves === 0 || old.expiresAt <= now().at) return NOTHING_LEFT;
        if (!change.isWhole && change.quantity > old.leaves) return TOO_MUCH;
        moved = change.isWhole ? old.leaves : change.quantity;
        return { freed: old, quantity: moved };
      });
      if (outcome.kind === 'accepted') {
        const { symbol, side, limitPrice } = change;
        const ids = { brokerOrderId: outcome.brokerOrderId, originalOrderId: change.brokerOrderId };
        streams.tellOrder({ ...ids, kind: 'replaced', side, symbol, quantity: moved as Shares, price: limitPrice ?? 0 });
        lookAt(symbol);
      }
      return outcome;
    },
    async cancel({ brokerOrderId, cancelQuantity, side, symbol }) {
      let quantity = 0;
      const outcome = await attempt(async (book) => {
        const order = await book.order(brokerOrderId);
        const { at, time } = now();
        if (!order || order.leaves === 0 || order.expiresAt <= at) return NOTHING_LEFT;
        quantity = cancelQuantity ?? order.leaves;
        if (quantity > order.leaves) return TOO_MUCH;
        const number = await book.nextNumber();
        await book.saveOrder({ ...order, cancelledQuantity: order.cancelledQuantity + quantity });
        return { kind: 'accepted', brokerOrderId: number, branch: '', brokerTime: time };
      });
      if (outcome.kind === 'accepted') {
        const ids = { brokerOrderId: outcome.brokerOrderId, originalOrderId: brokerOrderId };
        streams.tellOrder({ ...ids, kind: 'cancelled', side, symbol, quantity: quantity as Shares, price: 0 });
      }
      return outcome;
    },
    openStream: (handlers, { notices }) =>
      streams.open(handlers, {
        notices,
        onRegistered: (symbols, tell) =>
          inTurn('registrations', async () => {
            for (const quote of await quotes.read(symbols)) tell(quote);
          }),
      }),
    clockOffsetMs: () => 0, // its clock is ours
    async close() {
      isClosed = true;
      unwatch();
      streams.clear();
      await tail;
    },
  };
}
