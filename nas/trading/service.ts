import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Symbol } from '#domain/order/order.ts';
import { gateFactsRepo } from '#lib/db/fleet/gate-facts.ts';
import { startListener } from '#lib/db/fleet/listener.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { ensureSealingKey } from '#lib/db/fleet/sealing-key.ts';
import { stopRepo } from '#lib/db/fleet/stops.ts';
import { type Lease, tradingRepo } from '#lib/db/fleet/trading.ts';
import type { FleetEnv } from '#lib/env/fleet.ts';
import type { Log } from '#lib/log.ts';
import { accountOpener, type OpenedAccount, type SealedAccount } from '#nas/brokers/open-account.ts';
import type { Broker } from '#nas/brokers/port.ts';
import { type Clock, systemClock } from '#nas/runtime/clock.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import { startJobs } from '#nas/runtime/jobs.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import type { AccountContext } from './account/context.ts';
import { type AccountWorker, startAccountWorker } from './account/worker.ts';
import { judgeBeforeSend } from './gate.ts';
import { type HeldAccount, startHaltDuties } from './halt-duties.ts';
import { haltReason, startHaltWatch } from './halts.ts';
import { startInstance } from './instance.ts';
import { watchLocalHalt } from './local-halt.ts';
import { tradingMetrics } from './metrics.ts';
import { type StopAccount, startStopWatch } from './stops/watch.ts';
import { testCredentials } from './test-credentials.ts';

export interface TradingOptions {
  readonly env: FleetEnv;
  readonly log: Log;
  readonly clock?: Clock;
  /** How an account's broker is made; the real adapter unless a test hands in another. */
  readonly open?: (account: SealedAccount) => Promise<OpenedAccount>;
}

/** An untested account is tried again after a broker that did not answer. */
const RETEST_MS = 15_000;

interface Held {
  readonly version: string;
  readonly lease: Lease;
  worker: AccountWorker | null;
  /** What the stop watcher needs of it, once the sender runs. */
  watched: StopAccount | null;
  broker: Broker | null;
}

/** The trading service: holds accounts by lease and runs one sender for each that is verified. */
export async function startTrading(options: TradingOptions): Promise<RunningService> {
  const { env, log, clock = systemClock } = options;
  const pool = createFleetPool(env.DATABASE_URL, { name: 'trading', max: 4, log });
  // Renewals must never queue behind work, and whoever holds a token lock still needs a connection.
  const controlPool = createFleetPool(env.DATABASE_URL, { name: 'trading-control', max: 1, log });
  const lockPool = createFleetPool(env.DATABASE_URL, { name: 'trading-lock', max: 1, waitMs: 60_000, log });
  const key = await ensureSealingKey(pool, env.CREDENTIALS_DIR);
  const open = options.open ?? accountOpener({ pool, lockPool, key, env, log });
  const repo = tradingRepo(pool);
  const gateFacts = gateFactsRepo(pool);
  const registry = createMetrics('trading');
  const metrics = tradingMetrics(registry);
  let haltsChanged = () => {}; // until everything that acts on a halt is there
  const local = watchLocalHalt({ directory: env.CREDENTIALS_DIR, clock, log, onChange: () => haltsChanged() });
  await local.isRead;
  const halts = startHaltWatch({ pool: controlPool, clock, log, local });
  const held = new Map<string, Held>();
  const testing = new Map<string, number>();
  /** The token under which each account is ours, by the last reading. */
  let tokens: ReadonlyMap<string, number> = new Map();
  let stopping = false;

  const instance = startInstance({ repo: tradingRepo(controlPool), clock, log, onLeases });
  const stops = startStopWatch({
    repo: stopRepo(pool),
    instance,
    account: (accountId) => held.get(accountId)?.watched ?? null,
    clock,
    log,
    metrics,
  });

  function onLeases(leases: readonly Lease[]): void {
    tokens = new Map(leases.map(({ accountId, token }) => [accountId, token]));
    const wanted = new Map(leases.map((lease) => [lease.accountId, lease]));
    for (const [accountId, entry] of held) {
      const lease = wanted.get(accountId);
      if (lease?.isVerified && versionOf(lease) === entry.version) continue;
      held.delete(accountId);
      log.info({ accountId }, 'account given up');
      entry.worker?.stop().catch((error) => log.error({ err: error, accountId }, 'sender did not stop cleanly'));
    }
    for (const lease of leases) {
      if (lease.isVerified && !held.has(lease.accountId)) void take(lease);
      if (lease.credentialState === 'untested') void testAccount(lease);
    }
    metrics.accounts.set(held.size);
  }

  async function take(lease: Lease): Promise<void> {
    const { accountId } = lease;
    const entry: Held = { version: versionOf(lease), lease, worker: null, watched: null, broker: null };
    held.set(accountId, entry);
    try {
      const { broker, hasNotices } = await open(lease);
      if (stopping || held.get(accountId) !== entry) return void (await broker.close());
      entry.broker = broker;
      stops.attach(accountId);
      entry.worker = startAccountWorker(contextOf(lease, broker), {
        hasHtsId: hasNotices,
        onTrade: (print) => stops.onTrade(accountId, print),
        onStream: (state) => stops.onStream(accountId, state),
        onRegistered: (registration) => stops.onRegistered(accountId, registration),
      });
      const { setRegistrations } = entry.worker;
      entry.watched = {
        token: lease.token,
        provesFeed: broker.id !== 'paper',
        setRegistrations,
        quote: (symbol) => broker.quote(symbol),
        clockOffsetMs: () => broker.clockOffsetMs(),
      };
      log.info({ accountId, token: lease.token }, 'account taken');
    } catch (error) {
      if (held.get(accountId) === entry) held.delete(accountId);
      log.error({ err: error, accountId }, 'account could not be opened');
    }
  }

  function contextOf(lease: Lease, broker: Broker): AccountContext {
    const { accountId, userId, token, brokerType } = lease;
    const levelFor = (order: OrderRow) => halts.levelFor(order, brokerType);
    /** A lift may not have been heard yet: an order is denied for a halt only after that was read again. */
    const isHaltCertain = async (order: OrderRow) =>
      levelFor(order) === 'none' ||
      halts.refresh().then(
        () => true,
        () => false,
      );
    return {
      accountId,
      userId,
      token,
      // An account that was another's meanwhile comes back under another token: what was begun under the old one is not written.
      instance: { id: instance.id, isAlive: () => instance.isAlive() && tokens.get(accountId) === token },
      broker,
      repo,
      haltReason: (order) => haltReason(levelFor(order), order),
      async gate(order) {
        const facts = await gateFacts(order);
        const isCertain = await isHaltCertain(order);
        // Nothing is awaited from here to the verdict: flags that grew stale meanwhile make the order wait, they do not deny it.
        if (halts.isStale() || !isCertain) return { kind: 'wait', reason: 'halts_unread' };
        return judgeBeforeSend(order, {
          facts,
          halt: levelFor(order),
          clockOffsetMs: broker.clockOffsetMs(),
          wall: clock.wall(),
          fetchQuote: () => fetched(order.symbol, broker.quote(order.symbol)),
          fetchBook: () => fetched(order.symbol, broker.orderBook(order.symbol)),
        });
      },
      clock,
      metrics,
      life: { isOver: false, calls: new Set() },
      log: log.child({ accountId }),
    };
  }

  function fetched<T>(symbol: Symbol, read: Promise<T>): Promise<T | null> {
    return read.catch((error) => {
      log.warn({ err: error, symbol }, 'quote could not be fetched');
      return null;
    });
  }

  /** At most one test of an account at a time, and a pause after a broker that did not answer. */
  async function testAccount(account: SealedAccount): Promise<void> {
    const { accountId } = account;
    if ((testing.get(accountId) ?? 0) > clock.monotonic()) return;
    testing.set(accountId, Number.POSITIVE_INFINITY);
    const isDone = await testCredentials({ repo, open, account, log }).catch((error) => {
      log.error({ err: error, accountId }, 'credential test failed');
      return false;
    });
    if (isDone) testing.delete(accountId);
    else testing.set(accountId, clock.monotonic() + RETEST_MS);
  }

  function heldAccounts(): readonly HeldAccount[] {
    return [...held.values()].flatMap(({ lease: { accountId, userId, brokerType }, worker, broker }) =>
      worker && broker ? [{ accountId, userId, brokerType, broker, orders: worker.orders }] : [],
    );
  }
  const wakeAccount = (accountId: string) => held.get(accountId)?.worker?.wake();
  const wakeAll = () => {
    for (const { worker } of held.values()) worker?.wake();
  };
  const listener = startListener({
    url: env.DATABASE_URL,
    name: 'trading',
    channels: ['wake_account', 'wake_stops', 'trading_halts', 'platform_settings'],
    log,
    onNotify(channel, payload) {
      if (channel === 'wake_stops') return stops.wake();
      if (channel === 'wake_account') return wakeAccount(payload);
      if (channel === 'trading_halts') halts.heard(payload);
      haltsChanged();
    },
    onConnected: () => haltsChanged(),
  });
  const duties = startHaltDuties({ instanceId: instance.id, repo, halts, local, accounts: heldAccounts, clock, log });
  haltsChanged = () => {
    duties.soon();
    halts
      .refresh()
      .catch((error) => log.warn({ err: error }, 'halts could not be read'))
      .finally(() => {
        duties.soon();
        wakeAll();
      });
  };
  const jobs = await startJobs({
    pool,
    log,
    concurrency: 2,
    tasks: {
      // Only wakes: lost, doubled or refused jobs change nothing (ORDERS §1.3).
      'wake-account': async (payload) => void wakeAccount((payload as { accountId: string }).accountId),
      'test-credentials': async (payload) => {
        const account = await repo.sealedAccount((payload as { accountId: string }).accountId);
        if (account) await testAccount(account);
      },
    },
  });
  const detail = () => ({ accounts: held.size, clean: [...held.values()].filter((entry) => entry.worker?.isClean()).length });
  const heartbeat = startHeartbeat({
    pool,
    log,
    service: 'trading',
    instance: `${hostname()}-${process.pid}-${instance.id.slice(0, 8)}`,
    version: env.NARAE_VERSION,
    workerIds: jobs.workerIds,
    detail,
  });
  const status = await startStatusServer({
    port: env.PORT,
    host: env.HOST,
    registry,
    health: () => ({
      ok: instance.isAlive() && !halts.isStale(),
      detail: { ...detail(), lease: instance.isAlive(), listen: listener.isConnected(), haltFile: local.level() },
    }),
  });

  return {
    url: status.url,
    async stop() {
      stopping = true;
      heartbeat.stop();
      await jobs.stop();
      await stops.stop();
      local.stop();
      await duties.stop();
      await Promise.allSettled([...held.values()].map((entry) => entry.worker?.stop()));
      held.clear();
      await instance.stop();
      halts.stop();
      await listener.stop();
      await status.stop();
      await Promise.all([pool.end(), controlPool.end(), lockPool.end()]);
    },
  };
}

/** Changes when the lease or the keys change: then the sender is started anew. */
function versionOf(lease: Lease): string {
  return createHash('sha256')
    .update(`${lease.token}|${JSON.stringify(lease.sealed)}`)
    .digest('hex');
}
