import { fingerprint } from '#domain/order/fingerprint.ts';
import { isUnresolved } from '#domain/order/transitions.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { ActiveOrder } from '#lib/db/fleet/trading.ts';
import type { BrokerStream, Registration, SubmitOutcome, TradePrint } from '#nas/brokers/port.ts';
import { TIMING } from '../timing.ts';
import type { AccountContext } from './context.ts';
import { ledgerAgrees } from './holdings.ts';
import { createInquiry } from './inquiry.ts';
import { createLane } from './lane.ts';
import { createNoticeDesk } from './notices.ts';
import { createReconciler } from './reconcile.ts';
import { createRounds } from './rounds.ts';
import { cancelOrder, submitOrder } from './submit.ts';

export interface AccountWorker {
  /** Something may have changed: look at the rows now. */
  wake(): void;
  /** True once the startup reads were clean: entries go out from then on. */
  isClean(): boolean;
  /** Orders that are not over, as the last scan saw them. */
  orders(): readonly OrderRow[];
  /** Wants trade prints on this account's stream, beside its notices; false when it has no stream. */
  setRegistrations(wanted: readonly Registration[]): boolean;
  /** Takes no new work and waits for calls in flight. */
  stop(): Promise<void>;
}
interface WorkerOptions {
  readonly hasHtsId: boolean;
  /** Hears the account's one stream: a broker allows one session a key, so that prints come with the notices. */
  readonly onTrade?: (print: TradePrint) => void;
  readonly onStream?: (state: 'connecting' | 'live' | 'down') => void;
  readonly onRegistered?: (registration: Registration) => void;
}

/** Cancels of different orders do not wait for each other's answer; the broker's rate is the governor's business. */
const CANCELS_AT_ONCE = 4;

/**
 * The one sender of one account. The rows are the work: it finds what to do by their state at start, on every wake-up and by
 * a poll; nothing it needs is only in memory. Submits and cancels have a lane each, so that a cancel never waits for a submit.
 */
export function startAccountWorker(context: AccountContext, options: WorkerOptions): AccountWorker {
  const { accountId, broker, repo, clock, log, metrics } = context;
  const onLaneError = (error: unknown, orderId: string) => log.error({ err: error, orderId }, 'work on an order failed');
  const submits = createLane(onLaneError);
  const cancels = createLane(onLaneError, CANCELS_AT_ONCE);
  /** Orders this process has begun to send: their `submitting` is ours to end. */
  const begun = new Set<string>();
  const notBefore = new Map<string, number>();
  const waitingSince = new Map<string, number>();
  let active: readonly ActiveOrder[] = [];
  let streamState: 'connecting' | 'live' | 'down' = 'down';
  let stream: BrokerStream | null = null;
  let stopped = false;

  const inquiry = createInquiry({ ...context, isUrgent: () => active.some((order) => isUnresolved(order.status)) });
  const reconciler = createReconciler({
    context,
    isNoticeStreamLive: () => streamState === 'live',
    ledgerAgrees: (order) => ledgerAgrees(context, order, active),
    wantWholeList: () => rounds.soon(null),
    sessionEnded: (order) => order.expiresAt !== null && order.expiresAt.getTime() < clock.wall(),
  });
  const notices = createNoticeDesk(context, {
    orders: () => active,
    inquireNow: (symbol) => rounds.soon(symbol),
    isListBlind: () => reconciler.isListBlind(),
  });
  const rounds = createRounds(context, { active: () => active, inquiry, reconciler, notices, onChange: wake });

  // --- what the rows ask for -------------------------------------------------------------------------------------------------
  let scanning: Promise<void> | null = null;
  let scanAgain = false;
  function wake(): void {
    if (stopped) return;
    if (scanning) {
      scanAgain = true;
      return;
    }
    scanning = scan()
      .catch((error) => log.warn({ err: error }, 'orders could not be read'))
      .finally(() => {
        scanning = null;
        if (scanAgain) {
          scanAgain = false;
          wake();
        }
      });
  }

  async function scan(): Promise<void> {
    const orders = await repo.activeOrders(accountId);
    await markOrphans(orders);
    active = orders;
    notices.retryHeld();
    countUnknown(orders.filter((order) => order.status === 'unknown').length);
    for (const order of orders) {
      if (needsCancel(order)) cancels.add(order.id, () => runCancel(order.id));
      else if (maySubmit(order)) submits.add(order.id, () => runSubmit(order.id));
    }
    rounds.arm();
  }

  let unknownCount = 0;
  /** The gauge sums over all accounts of the process. */
  function countUnknown(count: number): void {
    metrics.unknown.inc(count - unknownCount);
    unknownCount = count;
  }

  /** A send begun by a process that is gone: nobody knows what came of it, so it is looked up and never sent again. */
  async function markOrphans(orders: readonly ActiveOrder[]): Promise<void> {
    const orphans = orders.filter((order) => order.status === 'submitting' && !begun.has(order.id));
    for (const attempt of await repo.submitAttempts(orphans.map((order) => order.id))) {
      if (attempt.outcome === 'not_processed') begun.add(attempt.orderId);
      else await repo.markUnknown(attempt.orderId, 'the sender stopped before an answer was written');
    }
    if (orphans.length > 0) scanAgain = true;
  }

  const isWorking = (order: OrderRow) => order.status === 'accepted' || order.status === 'partially_filled';
  const needsCancel = (order: OrderRow) =>
    order.cancelRequestedAt !== null && order.brokerOrderId !== null && isWorking(order) && isRipe(order.id);
  const maySubmit = (order: ActiveOrder) => {
    if (!order.isDue || !isRipe(order.id)) return false;
    if (order.status === 'pending') return rounds.isClean() || !order.isEntry;
    return order.status === 'submitting' && begun.has(order.id) && !submits.has(order.id);
  };
  const isRipe = (orderId: string) => (notBefore.get(orderId) ?? 0) <= clock.monotonic();

  function later(orderId: string, ms: number): void {
    notBefore.set(orderId, clock.monotonic() + ms);
    clock.after(ms + 1, wake);
  }

  // --- lanes -----------------------------------------------------------------------------------------------------------------
  async function runSubmit(orderId: string): Promise<void> {
    if (stopped) return;
    const orders = await repo.activeOrders(accountId);
    const order = orders.find((candidate) => candidate.id === orderId);
    if (!order || !maySubmitNow(order)) return;
    const since = waitingSince.get(orderId) ?? clock.monotonic();
    waitingSince.set(orderId, since);
    const result = await submitOrder(context, {
      order,
      parent: orders.find((other) => other.id === order.parentOrderId) ?? null,
      rival: rivalOf(order, orders),
      waitedMs: clock.monotonic() - since,
      snapshot: (day) => inquiry.noOlderThan(day, order.symbol, TIMING.baselineAgeMs),
      onBegin: () => begun.add(orderId),
      onSettled: (outcome) => onBrokerAnswer(order, outcome),
    }).catch((error) => {
      // The attempt may have been written without our hearing of it: then it is an orphan like that of a dead process.
      begun.delete(orderId);
      throw error;
    });
    if (result.kind === 'later') later(orderId, result.afterMs);
    else waitingSince.delete(orderId);
    wake();
  }
  const maySubmitNow = (order: ActiveOrder) =>
    order.isDue && (order.status === 'pending' || (order.status === 'submitting' && begun.has(order.id)));

  /** Another order nobody has an answer for that this one must not be confused with (ORDERS §2, §3.1). */
  function rivalOf(order: OrderRow, orders: readonly OrderRow[]): 'identical' | 'entry' | null {
    const unresolved = orders.filter((other) => other.id !== order.id && isUnresolved(other.status));
    // A change is told from everything else by the order it changes.
    if (order.parentOrderId === null && unresolved.some((other) => fingerprint(other) === fingerprint(order))) return 'identical';
    const blocks = (other: OrderRow) => other.status === 'unknown' && other.symbol === order.symbol && other.side === order.side;
    return order.isEntry && unresolved.some(blocks) ? 'entry' : null;
  }

  async function runCancel(orderId: string): Promise<void> {
    if (stopped) return;
    const order = (await repo.activeOrders(accountId)).find((candidate) => candidate.id === orderId);
    if (!order || !needsCancel(order)) return;
    const result = await cancelOrder(context, order, () => onBrokerAnswer(order, null));
    if (result.kind === 'later') later(orderId, result.afterMs);
    rounds.soon(order.symbol);
    wake();
  }

  /** A new order's yes or no leaves nothing to look up while notices tell of its fills. What a cancel or a change did, the list tells. */
  function onBrokerAnswer(order: OrderRow, submitted: SubmitOutcome | null): void {
    wake();
    const isClear = submitted?.kind === 'accepted' && order.parentOrderId === null && streamState === 'live';
    if (!isClear && submitted?.kind !== 'rejected') rounds.soon(order.symbol);
  }

  // --- life --------------------------------------------------------------------------------------------------------------------
  function openNotices(): void {
    if (!options.hasHtsId) {
      log.warn('account has no HTS id: no order notices, fills are seen by inquiry only');
      return;
    }
    stream = broker.openStream(
      {
        onNotice: (notice) => notices.onNotice(notice),
        onTrade: (print) => options.onTrade?.(print),
        onState(state, reason) {
          if (state === 'down') reconciler.noticesDown();
          if (state !== streamState) log.info({ state, reason }, 'notice stream');
          streamState = state;
          options.onStream?.(state);
          if (state === 'live') rounds.soon(null);
        },
        onRegistered: (registration) => options.onRegistered?.(registration),
        onRefusedFrame: (reason) => log.warn({ reason }, 'notice frame refused'),
      },
      { notices: true },
    );
  }
  const pollTimer = { off: () => {} };
  function poll(): void {
    wake();
    if (!stopped) pollTimer.off = clock.after(TIMING.pollMs, poll);
  }

  openNotices();
  poll();
  rounds.soon(null);

  return {
    wake,
    isClean: rounds.isClean,
    setRegistrations(wanted) {
      stream?.setRegistrations(wanted);
      return stream !== null;
    },
    orders: () => active,
    async stop() {
      stopped = true;
      countUnknown(0);
      rounds.stop();
      pollTimer.off();
      let off = () => {};
      const patience = new Promise<void>((resolve) => {
        off = clock.after(TIMING.stopMs, resolve);
      });
      await Promise.race([Promise.allSettled([submits.idle(), cancels.idle(), scanning, rounds.idle(), ...context.life.calls]), patience]);
      off();
      context.life.isOver = true;
      await stream?.close();
      await broker.close();
    },
  };
}
