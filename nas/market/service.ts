import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { Log } from '#lib/log.ts';
import type { Broker, BrokerStream } from '#nas/brokers/port.ts';
import { dailyColumnsByYear, dayNumber, minuteBarsOf, minuteColumns } from './chunks.ts';
import { dayOfMinute, MinuteBars } from './minute-bars.ts';
import { QuoteBoard } from './quote-board.ts';
import { assignSlots } from './slots.ts';
import type { MarketStore } from './store.ts';

/** KIS: 41 registrations a session, all streams added together (reference §5.1). */
const REGISTRATIONS = 41;
/** Sessions of minute bars that are kept (DESIGN §6). */
const MINUTE_SESSIONS = 20;
const EVERY = { quotesMs: 250, publishMs: 1_000, needsMs: 1_000, minutesMs: 10_000, touchMs: 5_000, restMs: 3_000, dayMs: 60_000 } as const;

export interface MarketDeps {
  readonly store: MarketStore;
  readonly broker: Broker;
  readonly log: Log;
  readonly now: () => Date;
}
export interface MarketFeed {
  state(): { feed: 'connecting' | 'live' | 'down'; lastFrameAt: number; registered: number; refusedFrames: number };
  stop(): Promise<void>;
}

const seoulDay = (now: Date): TradingDay => dayOfMinute(Math.floor(now.getTime() / 60_000)) as TradingDay;

/**
 * One feed: one broker session, its registrations given by need, quotes and minute bars written in batches. Every loop carries on
 * after a failed turn (it logs and tries again at its next turn); nothing here can place an order.
 */
export function startFeed({ store, broker, log, now }: MarketDeps): MarketFeed {
  const board = new QuoteBoard();
  const minutes = new MinuteBars();
  let feed: 'connecting' | 'live' | 'down' = 'connecting';
  let registered: readonly string[] = [];
  let books = '';
  let rest: readonly string[] = [];
  let refusedFrames = 0;
  let preparedDay = '';

  const stream: BrokerStream = broker.openStream(
    {
      onTrade: (print) => {
        if (minutes.add(print)) board.trade(print, now());
      },
      onBook: (book) => board.book(book, now()),
      onState: (state, reason) => {
        feed = state;
        log.info({ state, reason }, 'feed state');
      },
      onRefusedFrame: (reason) => {
        refusedFrames += 1;
        log.warn({ reason }, 'frame refused');
      },
    },
    { notices: false },
  );

  async function assign(): Promise<void> {
    const slots = assignSlots(await store.needs(), REGISTRATIONS);
    rest = slots.rest;
    const key = `${slots.trades.join()}|${slots.books.join()}`;
    if (key === books) return;
    books = key;
    registered = slots.trades;
    stream.setRegistrations([
      ...slots.trades.map((symbol) => ({ symbol: symbol as Symbol, kind: 'trade' as const })),
      ...slots.books.map((symbol) => ({ symbol: symbol as Symbol, kind: 'book' as const })),
    ]);
  }

  async function writeMinutes(): Promise<void> {
    for (const symbol of minutes.takeDirty()) {
      const bars = minutes.bars(symbol);
      const day = bars.at(-1) && dayOfMinute((bars.at(-1) as { minute: number }).minute);
      if (day) await store.writeChunk(symbol, '1m', dayNumber(day), minuteColumns(bars));
    }
  }

  /** Symbols without a registration, one after the other: the adapter's governor keeps the quota. */
  async function askByRest(): Promise<void> {
    for (const symbol of rest.slice(0, 20)) board.snapshot(await broker.quote(symbol as Symbol), now());
  }

  /** Once a day: base prices and limits, daily bars of the year, yesterday's minutes out. */
  async function prepareDay(): Promise<void> {
    const day = seoulDay(now());
    if (day === preparedDay) return;
    for (const { symbol, priceDay } of await store.instruments()) {
      if (priceDay === day) continue;
      const quote = await broker.quote(symbol as Symbol);
      await store.writeInstrument(quote, day);
      board.snapshot(quote, now());
      const bars = await broker.dailyBars(symbol as Symbol, `${day.slice(0, 4)}-01-01` as TradingDay, day);
      for (const [year, chunk] of dailyColumnsByYear(bars.filter((bar) => bar.day < day)))
        await store.writeChunk(symbol, '1d', year, chunk);
    }
    await store.dropOldMinutes(MINUTE_SESSIONS);
    preparedDay = day;
    log.info({ day }, 'market day prepared');
  }

  async function restoreMinutes(): Promise<void> {
    const day = seoulDay(now());
    for (const { symbol } of await store.instruments()) {
      const chunk = await store.readChunk(symbol, '1m', dayNumber(day));
      if (!chunk) continue;
      const quote = await broker.quote(symbol as Symbol);
      minutes.restore(symbol, day, minuteBarsOf(chunk), quote.volume, quote.value);
    }
  }

  const loops = [
    loop('quotes', EVERY.quotesMs, () => store.writeQuotes(board.takeDirty())),
    loop('publish', EVERY.publishMs, () => store.publishQuotes()),
    loop('needs', EVERY.needsMs, assign),
    loop('minutes', EVERY.minutesMs, writeMinutes),
    loop('touch', EVERY.touchMs, async () => {
      if (feed === 'live') await store.touchQuotes(registered, new Date(stream.lastFrameAt()));
    }),
    loop('rest', EVERY.restMs, askByRest),
    loop('day', EVERY.dayMs, prepareDay),
  ];

  /** Runs `turn` again and again with a pause between; a failed turn is logged and the next one is tried. */
  function loop(name: string, pauseMs: number, turn: () => Promise<void>): { stop(): Promise<void> } {
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> = Promise.resolve();
    const next = (delayMs: number): void => {
      timer = setTimeout(() => {
        running = turn()
          .catch((error: unknown) => log.warn({ err: error, loop: name }, 'market loop turn failed'))
          .finally(() => {
            if (!stopped) next(pauseMs);
          });
      }, delayMs);
    };
    next(0);
    return {
      async stop() {
        stopped = true;
        clearTimeout(timer);
        await running;
      },
    };
  }

  void restoreMinutes().catch((error: unknown) => log.warn({ err: error }, 'minutes of today could not be restored'));

  return {
    state: () => ({ feed, lastFrameAt: stream.lastFrameAt(), registered: registered.length, refusedFrames }),
    async stop() {
      await stream.close();
      await Promise.all(loops.map((l) => l.stop()));
      await writeMinutes();
      await store.writeQuotes(board.takeDirty());
    },
  };
}
