import type { Symbol } from '#domain/order/order.ts';
import type { WatchedStop } from '#lib/db/fleet/stops.ts';
import type { Log } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { TIMING } from '../timing.ts';

export type StreamState = 'connecting' | 'live' | 'down';
/** slow: asked every 10 s because the stream is down; stale: no price comes at all. */
type FeedWord = 'slow' | 'stale' | 'back';

interface Options {
  readonly clock: Clock;
  readonly log: Log;
  /** Takes one price from the broker; false when the account is gone. */
  ask(accountId: string, symbol: Symbol): Promise<boolean>;
  /** Whether a live stream of the account means that prices come. */
  isProving(accountId: string): boolean;
  /** Wants the trade prints of these symbols on the account's stream; false when it has none. */
  register(accountId: string, symbols: readonly string[]): boolean;
  tell(accountId: string, symbols: readonly string[], state: FeedWord): Promise<unknown>;
  readonly slots: number;
}

interface AccountFeed {
  readonly id: string;
  /** The first ones have a slot on the stream. */
  symbols: readonly string[];
  /** What the stream was asked to carry; null before the first time or without a stream. */
  registered: string | null;
  isLive: boolean;
  /** When the stream was last live, or when we began to wait for it. */
  liveAt: number;
  /** When a price was last asked for. Forgotten when the stream comes or goes: what was traded meanwhile counts. */
  readonly asked: Map<string, number>;
  readonly answered: Set<string>;
  /** Symbols whose prints the broker said it sends from now on. */
  readonly carried: Set<string>;
  /** When each symbol last had a source that speaks. */
  readonly freshAt: Map<string, number>;
  told: 'slow' | 'stale' | null;
  isAsking: boolean;
}

/**
 * Where the prices of stops come from, by account: the stream for as many symbols as it has slots; a price asked for every 10 s for
 * the others, and for all while the stream is down; and once for each when it is new, because what happened before counts too.
 */
export function createFeedWatch({ clock, log, ask, isProving, register, tell, slots }: Options) {
  const feeds = new Map<string, AccountFeed>();
  let isOpen = false;
  let stopped = false;
  let callOff = () => {};

  function feedOf(id: string): AccountFeed {
    const known = feeds.get(id);
    if (known) return known;
    const feed: AccountFeed = {
      id,
      symbols: [],
      registered: null,
      isLive: false,
      liveAt: clock.monotonic(),
      asked: new Map(),
      answered: new Set(),
      carried: new Set(),
      freshAt: new Map(),
      told: null,
      isAsking: false,
    };
    feeds.set(id, feed);
    return feed;
  }

  const isCarried = (feed: AccountFeed, symbol: string) =>
    isProving(feed.id) && feed.isLive && feed.carried.has(symbol) && feed.answered.has(symbol);

  function assign(feed: AccountFeed): void {
    const wanted = feed.symbols.slice(0, slots);
    if (feed.registered === wanted.join() || !register(feed.id, wanted)) return;
    feed.registered = wanted.join();
    for (const symbol of feed.carried) if (!wanted.includes(symbol)) feed.carried.delete(symbol);
  }

  async function askDue(feed: AccountFeed): Promise<void> {
    if (feed.isAsking) return;
    feed.isAsking = true;
    for (const symbol of feed.symbols) {
      const asked = feed.asked.get(symbol);
      const isDue = asked === undefined || (!isCarried(feed, symbol) && clock.monotonic() - asked >= TIMING.stopAskMs);
      if (!isDue) continue;
      if (stopped || !isOpen) break;
      feed.asked.set(symbol, clock.monotonic());
      const isAnswered = await ask(feed.id, symbol as Symbol).catch((error) => {
        log.warn({ err: error, accountId: feed.id, symbol }, 'price of a stop could not be fetched');
        return false;
      });
      if (!isAnswered) continue;
      feed.answered.add(symbol);
      feed.freshAt.set(symbol, clock.monotonic());
    }
    feed.isAsking = false;
  }

  /** Tells the owner when the prices of armed stops come slowly, do not come, or come again: each once. */
  function report(feed: AccountFeed): void {
    const now = clock.monotonic();
    for (const symbol of feed.symbols) if (isCarried(feed, symbol)) feed.freshAt.set(symbol, now);
    if (feed.isLive) feed.liveAt = now;
    const stale = feed.symbols.filter((symbol) => now - (feed.freshAt.get(symbol) ?? now) > TIMING.stopStaleMs);
    const isSlow = feed.registered !== null && now - feed.liveAt > TIMING.stopSlowMs;
    const word = stale.length > 0 ? 'stale' : isSlow ? 'slow' : null;
    if (word === feed.told) return;
    feed.told = word;
    const symbols = word === 'stale' ? stale : feed.symbols;
    log[word === null ? 'info' : 'error']({ accountId: feed.id, state: word ?? 'back', symbols }, 'feed of stops');
    tell(feed.id, symbols, word ?? 'back').catch((error) => log.warn({ err: error }, 'feed of stops not told'));
  }

  function turn(): void {
    for (const feed of feeds.values()) {
      if (feed.symbols.length === 0) continue;
      assign(feed);
      if (!isOpen) continue;
      void askDue(feed);
      report(feed);
    }
    if (!stopped) callOff = clock.after(TIMING.stopTurnMs, turn);
  }
  turn();

  return {
    /** The symbols to have prices of, and whether the market takes orders at all. */
    want(stops: readonly Pick<WatchedStop, 'accountId' | 'symbol'>[], isMarketOpen: boolean): void {
      const now = clock.monotonic();
      // Nobody asked for prices overnight: their age begins with the session, and each is asked for once.
      if (isMarketOpen && !isOpen) {
        for (const feed of feeds.values()) for (const known of [feed.freshAt, feed.asked, feed.answered]) known.clear();
      }
      isOpen = isMarketOpen;
      const wanted = Map.groupBy(stops, ({ accountId }) => accountId);
      for (const id of new Set([...feeds.keys(), ...wanted.keys()])) {
        const feed = feedOf(id);
        const symbols = [...new Set(wanted.get(id)?.map(({ symbol }) => symbol as string))].sort();
        for (const gone of feed.symbols.filter((symbol) => !symbols.includes(symbol))) {
          feed.asked.delete(gone);
          feed.answered.delete(gone);
          feed.freshAt.delete(gone);
        }
        for (const symbol of symbols) if (!feed.freshAt.has(symbol)) feed.freshAt.set(symbol, now);
        if (symbols.length > 0 && feed.symbols.length === 0) feed.liveAt = now;
        if (symbols.length === 0) feed.told = null;
        feed.symbols = symbols;
        assign(feed);
        if (isOpen) void askDue(feed);
      }
    },
    /** A stop has just begun to watch this symbol and must meet its price, though nobody may trade for long: ask once more. */
    askAgain(accountId: string, symbol: string): void {
      feeds.get(accountId)?.asked.delete(symbol);
    },
    /** The account's stream is another one now. */
    forget(accountId: string): void {
      feeds.delete(accountId);
    },
    onStream(accountId: string, state: StreamState): void {
      const feed = feedOf(accountId);
      if (feed.isLive === (state === 'live')) return;
      feed.isLive = state === 'live';
      if (!feed.isLive) feed.carried.clear();
      feed.asked.clear();
      feed.answered.clear();
      if (isOpen) void askDue(feed);
    },
    /** The prints of a symbol come from now on. One traded just before did not, so its price is asked for once more. */
    onRegistered(accountId: string, symbol: Symbol): void {
      const feed = feedOf(accountId);
      if (feed.carried.has(symbol)) return;
      feed.carried.add(symbol);
      if (!feed.isLive) return; // asked for when it is
      feed.asked.delete(symbol);
      feed.answered.delete(symbol);
      if (isOpen) void askDue(feed);
    },
    stop(): void {
      stopped = true;
      callOff();
    },
  };
}
