import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { Log } from '#lib/log.ts';
import type { Broker, BrokerStream, TradePrint } from '#nas/brokers/port.ts';
import { dayNumber, minuteBarOf, minuteBarsOf, minuteColumns } from './chunks.ts';
import { startLoop } from './loop.ts';
import type { MarketMetrics } from './metrics.ts';
import { dayOfMinute, MinuteBars, minuteOf } from './minute-bars.ts';
import { QuoteBoard } from './quote-board.ts';
import { assignSlots } from './slots.ts';
import type { MarketStore } from './store.ts';
import { closeDay, prepareDay } from './trading-day.ts';

/** KIS: 41 registrations a session, all streams added together (reference §5.1). */
const REGISTRATIONS = 41;
/** Every pause of a feed, in milliseconds. */
export const FEED_TIMING = {
  quotesMs: 250,
  publishMs: 1_000,
  needsMs: 1_000,
  /** The gate wants to have heard the socket within 15 s, and KIS says PINGPONG every 10 s: 2 s leave room. */
  touchMs: 2_000,
  restMs: 3_000,
  dayMs: 15_000,
  gapsMs: 2_000,
  /** How often we look whether minutes are due. */
  minutesMs: 250,
} as const;
/** Minutes are written in seconds 1 and 31: the one that ended is complete for the auto-trader, which looks at second 4. */
const FLUSH = { everyMs: 30_000, afterMs: 1_000 } as const;
/** Symbols without a registration that are asked in one turn. */
const REST_A_TURN = 20;
/** Registering 41 symbols takes this long; what is printed meanwhile may be missed. */
const REGISTERING_MS = 5_000;
/** The day's bar is final this long after the last session's close. */
const CLOSE_SETTLES_MS = 60_000;

export interface FeedDeps {
  readonly store: MarketStore;
  readonly broker: Broker;
  readonly metrics: MarketMetrics;
  readonly log: Log;
  readonly now: () => Date;
  readonly timing?: Partial<Record<keyof typeof FEED_TIMING, number>>;
}
export interface FeedState {
  readonly feed: 'connecting' | 'live' | 'down';
  readonly lastFrameAt: number;
  readonly registered: number;
  readonly refusedFrames: number;
  /** The day whose base prices and limits are in; empty before the first. */
  readonly preparedDay: string;
}
export interface MarketFeed {
  state(): FeedState;
  stop(): Promise<void>;
}

const minuteAt = (ms: number): number => Math.floor(ms / 60_000);

/**
 * One feed: one broker session, its registrations given by need, quotes and minute bars written in batches. Every loop carries on
 * after a failed turn (it logs and tries again at its next turn); nothing here can place an order.
 */
export async function startFeed(deps: FeedDeps): Promise<MarketFeed> {
  const { store, broker, metrics, log, now } = deps;
  const timing = { ...FEED_TIMING, ...deps.timing };
  const stopping = new AbortController();
  const dayDeps = { store, broker, signal: stopping.signal, log };
  const board = new QuoteBoard();
  const minutes = new MinuteBars();
  /** Symbols whose minutes up to this one were not heard whole. */
  const gaps = new Map<string, number>();
  let feed: FeedState['feed'] = 'connecting';
  let registered: readonly string[] = [];
  let assigned = '';
  let rest: { readonly urgent: readonly string[]; readonly others: readonly string[] } = { urgent: [], others: [] };
  let restAt = 0;
  let refusedFrames = 0;
  let flushed = 0;
  let preparedDay = '';
  let closedDay = '';
  const today = (): TradingDay => dayOfMinute(minuteAt(now().getTime())) as TradingDay;

  // Before the first print: a chunk written without the morning would overwrite it.
  for (const symbol of await store.instruments()) {
    const chunk = await store.readChunk(symbol, '1m', dayNumber(today()));
    if (chunk) minutes.restore(symbol, today(), minuteBarsOf(chunk));
  }

  const stream: BrokerStream = broker.openStream(
    {
      onTrade(print) {
        metrics.frames.inc({ kind: 'trade' });
        metrics.lagSeconds.observe(Math.max(0, (now().getTime() - printedAt(print)) / 1_000));
        if (minutes.add(print)) board.trade(print, now());
      },
      onBook(book) {
        metrics.frames.inc({ kind: 'book' });
        board.book(book, now());
      },
      onState(state, reason) {
        if (state === 'live' && feed === 'down') markGaps(registered);
        feed = state === 'connecting' && feed === 'down' ? 'down' : state; // trying again is not yet speaking
        metrics.live.set(state === 'live' ? 1 : 0);
        log.info({ state, reason }, 'feed state');
      },
      onRefusedFrame(reason) {
        refusedFrames += 1;
        metrics.refused.inc();
        log.warn({ reason }, 'frame refused');
      },
    },
    { notices: false },
  );

  function markGaps(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      minutes.rejoin(symbol);
      gaps.set(symbol, minuteAt(now().getTime() + REGISTERING_MS));
    }
  }

  async function assign(): Promise<void> {
    const needs = await store.needs();
    const slots = assignSlots(needs, REGISTRATIONS);
    const universe = new Set(slots.rest);
    for (const { symbol, need } of needs) if (need !== 'universe') universe.delete(symbol);
    rest = { urgent: slots.rest.filter((symbol) => !universe.has(symbol)), others: [...universe] };
    const wanted = `${slots.trades.join()}|${slots.books.join()}`;
    if (wanted === assigned) return;
    stream.setRegistrations([
      ...slots.trades.map((symbol) => ({ symbol: symbol as Symbol, kind: 'trade' as const })),
      ...slots.books.map((symbol) => ({ symbol: symbol as Symbol, kind: 'book' as const })),
    ]);
    markGaps(slots.trades.filter((symbol) => !registered.includes(symbol)));
    assigned = wanted;
    registered = slots.trades;
    metrics.registered.set(slots.trades.length + slots.books.length);
  }

  async function flushMinutes(): Promise<void> {
    const turn = Math.floor((now().getTime() - FLUSH.afterMs) / FLUSH.everyMs);
    if (turn === flushed) return;
    await writeMinutes();
    metrics.minuteFlush.observe((now().getTime() % FLUSH.everyMs) / 1_000);
    flushed = turn;
  }

  async function writeMinutes(): Promise<void> {
    for (const symbol of minutes.takeDirty()) {
      const bars = minutes.bars(symbol);
      const last = bars.at(-1);
      if (last) await store.writeChunk(symbol, '1m', dayNumber(dayOfMinute(last.minute)), minuteColumns(bars));
    }
  }

  /** What was not heard whole is taken from the broker's minute chart, once the minute has ended. */
  async function fillGaps(): Promise<void> {
    for (const [symbol, until] of gaps) {
      if (stopping.signal.aborted || minuteAt(now().getTime()) <= until) continue;
      const bars = (await broker.minuteBars(symbol as Symbol)).map(minuteBarOf);
      const day = today();
      if (gaps.get(symbol) !== until) continue; // torn open again meanwhile
      minutes.backfill(
        symbol,
        day,
        until,
        bars.filter((bar) => dayOfMinute(bar.minute) === day),
      );
      gaps.delete(symbol);
    }
  }

  /** Symbols without a registration: those somebody needs every time, the others in turns. The adapter's governor keeps the quota. */
  async function askByRest(): Promise<void> {
    const urgent = rest.urgent.slice(0, REST_A_TURN);
    const room = Math.min(REST_A_TURN - urgent.length, rest.others.length);
    const others = Array.from({ length: room }, (_, i) => rest.others[(restAt + i) % rest.others.length] as string);
    restAt += room;
    for (const symbol of [...urgent, ...others]) {
      if (stopping.signal.aborted) return;
      board.snapshot(await broker.quote(symbol as Symbol), today(), now());
    }
  }

  async function keepDay(): Promise<void> {
    const day = today();
    if (day !== preparedDay) {
      await prepareDay(dayDeps, day, (quote) => board.snapshot(quote, day, now()));
      preparedDay = day;
      log.info({ day }, 'market day prepared');
    }
    const closeAt = day === closedDay ? null : await store.closeOf(day);
    if (!closeAt || now().getTime() < closeAt.getTime() + CLOSE_SETTLES_MS) return;
    await closeDay(dayDeps, day);
    closedDay = day;
    log.info({ day }, 'daily bars written');
  }

  let touchedAt = 0;
  const every = (ms: number) => () => ms;
  const loops = [
    // One loop writes quotes: two that touch the same rows in different orders would lock each other out.
    startLoop(
      'quotes',
      every(timing.quotesMs),
      async () => {
        await store.writeQuotes(board.takeDirty());
        if (feed !== 'live' || stream.lastFrameAt() === 0 || performance.now() < touchedAt + timing.touchMs) return;
        touchedAt = performance.now();
        await store.touchQuotes(registered, new Date(stream.lastFrameAt()));
      },
      log,
    ),
    startLoop('publish', every(timing.publishMs), () => store.publishQuotes(), log),
    startLoop('needs', every(timing.needsMs), assign, log),
    startLoop('minutes', every(timing.minutesMs), flushMinutes, log),
    startLoop('rest', every(timing.restMs), askByRest, log),
    startLoop('day', every(timing.dayMs), keepDay, log),
    startLoop('gaps', every(timing.gapsMs), fillGaps, log),
  ];

  return {
    state: () => ({ feed, lastFrameAt: stream.lastFrameAt(), registered: registered.length, refusedFrames, preparedDay }),
    async stop() {
      stopping.abort();
      metrics.live.set(0);
      await stream.close();
      await broker.close();
      await Promise.all(loops.map((loop) => loop.stop()));
      await writeMinutes();
      await store.writeQuotes(board.takeDirty());
    },
  };
}

const printedAt = (print: TradePrint): number => minuteOf(print.day, print.time) * 60_000 + Number(print.time.slice(4, 6)) * 1_000;
