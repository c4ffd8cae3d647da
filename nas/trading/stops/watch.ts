import { tickTable } from '#domain/market/ticks.ts';
import type { Symbol } from '#domain/order/order.ts';
import { type SeenPrice, testStop } from '#domain/risk/protective-stop.ts';
import type { StopRepo, WatchedStop } from '#lib/db/fleet/stops.ts';
import type { Log } from '#lib/log.ts';
import type { QuoteSnapshot, Registration, TradePrint } from '#nas/brokers/port.ts';
import { type Clock, seoul } from '#nas/runtime/clock.ts';
import type { TradingMetrics } from '../metrics.ts';
import { TIMING } from '../timing.ts';
import { createFeedWatch, type StreamState } from './feed-watch.ts';
import { levelsOf } from './strategy-levels.ts';

/** What the watcher needs of an account's sender. */
export interface StopAccount {
  readonly token: number;
  /** Its stream says at once when prices stop coming. Otherwise they are asked for besides, so that their age is known. */
  readonly provesFeed: boolean;
  /** Trade prints wanted on the account's own stream; false when it has none. */
  setRegistrations(wanted: readonly Registration[]): boolean;
  quote(symbol: Symbol): Promise<QuoteSnapshot>;
  /** Broker clock minus ours; null when not known. */
  clockOffsetMs(): number | null;
}

export interface StopWatch {
  /** An account has a new sender, with a stream of its own. */
  attach(accountId: string): void;
  onTrade(accountId: string, print: TradePrint): void;
  onStream(accountId: string, state: StreamState): void;
  onRegistered(accountId: string, registration: Registration): void;
  /** Something may have changed: look at the rows now. */
  wake(): void;
  stop(): Promise<void>;
}

/** Registrations of one session but the notices' own (KIS: 41 in all). */
const SLOTS = 40;

interface Options {
  readonly repo: StopRepo;
  readonly instance: { readonly id: string; isAlive(): boolean };
  readonly account: (accountId: string) => StopAccount | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<TradingMetrics, 'stops'>;
}

/**
 * Watches the armed stops of every account this process sends for. The rows are the truth and the function that fires decides; what
 * is in memory are the latest highs. A price comes from a trade print of the account's own stream, or, for symbols without a slot and
 * while the stream is down, from a price asked for every 10 s. No price, no sale: its owner is told instead.
 */
export function startStopWatch({ repo, instance, account, clock, log, metrics }: Options): StopWatch {
  const stops = new Map<string, WatchedStop>();
  /** Stops whose new high is not written yet. */
  const raised = new Set<string>();
  const firing = new Set<string>();
  const work = new Set<Promise<unknown>>();
  let stopped = false;

  const feeds = createFeedWatch({
    clock,
    log,
    ask: async (accountId, symbol) => {
      const broker = account(accountId);
      if (!broker) return false;
      const quote = await broker.quote(symbol);
      see(accountId, symbol, { price: quote.last, ageSeconds: 0, isSendable: !quote.isHalted });
      return true;
    },
    isProving: (accountId) => account(accountId)?.provesFeed ?? false,
    register: (accountId, symbols) =>
      account(accountId)?.setRegistrations(symbols.map((symbol) => ({ symbol: symbol as Symbol, kind: 'trade' as const }))) ?? false,
    tell: (accountId, symbols, state) => repo.tellFeed(accountId, symbols, state),
    slots: SLOTS,
  });

  // --- prices ----------------------------------------------------------------------------------------------------------------
  function see(accountId: string, symbol: string, seen: SeenPrice): void {
    for (const stop of stops.values()) {
      if (stop.accountId !== accountId || stop.symbol !== symbol || stop.isWaiting || firing.has(stop.id)) continue;
      const verdict = testStop(stop, seen, dayOf(stop));
      if (verdict.kind === 'refused') metrics.stops.inc({ result: verdict.reason });
      else if (verdict.kind === 'fire') fire(stop, seen.price);
      else if (verdict.stop.highWater > stop.highWater) {
        stops.set(stop.id, { ...stop, highWater: verdict.stop.highWater, trigger: verdict.stop.trigger });
        raised.add(stop.id);
      }
    }
  }

  function dayOf({ market, instrumentKind: kind, upper, lower }: WatchedStop) {
    const { day } = seoul(clock.wall());
    return { limits: upper === null || lower === null ? null : { upper, lower }, bands: tickTable({ day, kind, market }) };
  }

  function fire(stop: WatchedStop, price: number): void {
    const owner = account(stop.accountId);
    if (!owner || !instance.isAlive()) return;
    firing.add(stop.id);
    track(
      repo
        .fire({ stopId: stop.id, n: stop.n + 1, price, instanceId: instance.id, token: owner.token })
        .then((answer) => {
          const result = answer === null ? 'not_ours' : answer.order ? 'fired' : 'blocked';
          metrics.stops.inc({ result });
          log.warn({ stopId: stop.id, orderId: answer?.order?.id, denial: answer?.denial?.code, price, result }, 'stop met');
        })
        .catch((error) => log.error({ err: error, stopId: stop.id }, 'stop could not be fired'))
        // Asked again by the next price when it is still armed then.
        .then(sync)
        .finally(() => firing.delete(stop.id)),
    );
  }

  // --- rows ------------------------------------------------------------------------------------------------------------------
  let syncing: Promise<void> | null = null;
  let syncAgain = false;
  function sync(): Promise<void> {
    if (syncing) {
      syncAgain = true;
      return syncing;
    }
    syncing = (async () => {
      do {
        syncAgain = false;
        if (!stopped && instance.isAlive()) await look();
      } while (syncAgain);
    })()
      .catch((error) => log.warn({ err: error }, 'stops could not be read'))
      .finally(() => {
        syncing = null;
      });
    return syncing;
  }

  async function look(): Promise<void> {
    await writeHighs();
    const { stops: rows, unprotected, isOpen } = await repo.sync(instance.id);
    const known = new Map(stops);
    stops.clear();
    for (const row of rows) {
      const before = known.get(row.id);
      const isHigher = before !== undefined && before.highWater > row.highWater;
      stops.set(row.id, isHigher ? { ...row, highWater: before.highWater, trigger: before.trigger } : row);
      const isNew = before === undefined || before.isWaiting || (!isHigher && row.trigger !== before.trigger);
      if (isNew && !row.isWaiting) feeds.askAgain(row.accountId, row.symbol);
    }
    feeds.want(rows, isOpen);
    for (const position of unprotected) {
      const levels = levelsOf(position, clock.wall());
      if (levels && levels.length > 0) await repo.arm(position, levels);
    }
  }

  async function writeHighs(): Promise<void> {
    const rows = [...raised].flatMap((id) => stops.get(id) ?? []).map(({ id, highWater, trigger }) => ({ id, highWater, trigger }));
    raised.clear();
    if (rows.length > 0) await repo.raise(rows);
  }

  function track(promise: Promise<unknown>): void {
    work.add(promise);
    void promise.finally(() => work.delete(promise));
  }

  let callOff = () => {};
  function poll(): void {
    track(
      sync().then(() => {
        if (!stopped) callOff = clock.after(TIMING.stopPollMs, poll);
      }),
    );
  }
  poll();

  return {
    attach(accountId) {
      feeds.forget(accountId);
      track(sync());
    },
    onTrade(accountId, print) {
      const now = clock.wall() + (account(accountId)?.clockOffsetMs() ?? 0);
      const isSendable = (print.phase === 'continuous' || print.phase === 'auction') && !print.isHalted;
      see(accountId, print.symbol, { price: print.price, ageSeconds: (now - printedAt(print)) / 1_000, isSendable });
    },
    onStream: (accountId, state) => feeds.onStream(accountId, state),
    onRegistered: (accountId, { symbol }) => feeds.onRegistered(accountId, symbol),
    wake: () => track(sync()),
    async stop() {
      stopped = true;
      callOff();
      feeds.stop();
      await Promise.allSettled([...work]);
      await writeHighs().catch((error) => log.warn({ err: error }, 'highs of stops not written'));
    },
  };
}

const SEOUL_OFFSET = '+09:00';

/** Prints name a second of the Seoul day. */
function printedAt({ day, time }: TradePrint): number {
  return Date.parse(`${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}${SEOUL_OFFSET}`);
}
