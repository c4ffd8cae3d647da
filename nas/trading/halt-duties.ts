import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { TradingRepo } from '#lib/db/fleet/trading.ts';
import type { Log } from '#lib/log.ts';
import type { Broker } from '#nas/brokers/port.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { today } from './account/inquiry.ts';
import type { HaltWatch } from './halts.ts';
import type { LocalHalt } from './local-halt.ts';
import { TIMING } from './timing.ts';

/** An account this process sends for. */
export interface HeldAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly brokerType: string;
  readonly broker: Broker;
  orders(): readonly OrderRow[];
}

export interface HaltDuties {
  /** A halt has changed: do now what it asks for. */
  soon(): void;
  stop(): Promise<void>;
}

type CancelTarget = Parameters<Broker['cancel']>[0];

/** Cancels are asked for in so many accounts at once. */
const ACCOUNTS_AT_ONCE = 4;

/**
 * What a halt asks of the sender: carry out a cancel-all, halt by itself when something is wrong, and bring a halt file into the
 * database. All of it is done again every 2 s, so that nothing depends on having been heard.
 */
export function startHaltDuties(options: {
  instanceId: string;
  repo: TradingRepo;
  halts: HaltWatch;
  local: LocalHalt;
  accounts(): readonly HeldAccount[];
  clock: Clock;
  log: Log;
}): HaltDuties {
  const { instanceId, repo, halts, local, accounts, clock, log } = options;
  /** Orders the broker has answered a cancel for that no database knows of. */
  const cancelledBlind = new Set<string>();
  let stopped = false;
  let callOff = () => {};
  let running: Promise<void> | null = null;
  let again = false;

  async function run(): Promise<void> {
    const isReachable = await reportFile();
    if (!isReachable) {
      if (local.level() === 'cancel_all') await Promise.all(accounts().map(cancelBlind));
      return;
    }
    const wanted = accounts().filter(halts.mayCancelAll);
    for (let at = 0; at < wanted.length; at += ACCOUNTS_AT_ONCE) {
      await Promise.all(wanted.slice(at, at + ACCOUNTS_AT_ONCE).map(sweep));
    }
    const offsets = accounts().flatMap(({ accountId, broker }) => {
      const ms = broker.clockOffsetMs();
      return ms === null ? [] : [[accountId, ms / 1000] as const];
    });
    await repo.checkHalts(instanceId, Object.fromEntries(offsets));
  }

  /** The halt file becomes a row that everybody sees and a person lifts. False when the database cannot be asked. */
  async function reportFile(): Promise<boolean> {
    const level = local.level();
    if (level === 'none') return true;
    const halt = { scope: 'platform', scopeId: '', level, cause: 'local_file', numbers: {}, episode: null } as const;
    return repo.raiseHalt(halt).then(
      () => true,
      (error) => {
        log.error({ err: error, level }, 'halt file stands, the database cannot be told');
        return false;
      },
    );
  }

  async function sweep({ accountId }: HeldAccount): Promise<void> {
    const swept = await repo.sweepCancelAll(accountId);
    if (swept && swept.dropped + swept.asked > 0) log.warn({ accountId, ...swept }, 'cancel-all');
  }

  /** Without the database: whatever works is cancelled straight at the broker. A cancel can do no harm, whoever else sends one. */
  async function cancelBlind({ accountId, broker, orders }: HeldAccount): Promise<void> {
    for (const order of await workingAt(broker, orders())) {
      const key = `${accountId} ${order.brokerOrderId}`;
      if (stopped || cancelledBlind.has(key)) continue;
      const outcome = await broker.cancel(order).catch((error) => ({ kind: 'unknown' as const, cause: String(error) }));
      if (outcome.kind === 'accepted' || outcome.kind === 'rejected') cancelledBlind.add(key);
      log.warn({ accountId, brokerOrderId: order.brokerOrderId, outcome: outcome.kind }, 'cancelled without the database');
    }
  }

  /** The broker's own list, and what we remember in case the list cannot be read or shows no rows. */
  async function workingAt(broker: Broker, remembered: readonly OrderRow[]): Promise<readonly CancelTarget[]> {
    const listed = await broker.ordersOn(today(clock), { isUrgent: true }).catch((error) => {
      log.warn({ err: error }, 'order list could not be read');
      return [];
    });
    const targets = new Map<string, CancelTarget>();
    for (const { brokerOrderId, branch, symbol, side, quantity, priceType } of remembered) {
      if (brokerOrderId === null) continue;
      targets.set(brokerOrderId, { brokerOrderId, branch, symbol, side, quantity, priceType, venue: 'KRX' });
    }
    for (const { brokerOrderId, branch, symbol, side, quantity, leavesQuantity, priceType } of listed) {
      if (leavesQuantity === 0) targets.delete(brokerOrderId);
      else targets.set(brokerOrderId, { brokerOrderId, branch, symbol, side, quantity, priceType: priceType ?? 'limit', venue: 'KRX' });
    }
    return [...targets.values()];
  }

  function soon(): void {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    callOff();
    running = run()
      .catch((error) => log.warn({ err: error }, 'halt duties not done'))
      .finally(() => {
        running = null;
        if (stopped) return;
        if (again) {
          again = false;
          soon();
        } else callOff = clock.after(TIMING.haltDutiesMs, soon);
      });
  }
  soon();

  return {
    soon,
    async stop() {
      stopped = true;
      callOff();
      await running;
    },
  };
}
